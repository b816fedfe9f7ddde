//go:build tools

// Package oasdiff keeps `go mod` from dropping what the program needs; it is never compiled.
package oasdiff

import _ "github.com/oasdiff/oasdiff"
