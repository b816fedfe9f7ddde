//go:build tools

// Package coredns keeps `go mod` from dropping what the program needs; it is never compiled.
package coredns

import _ "github.com/coredns/coredns"
