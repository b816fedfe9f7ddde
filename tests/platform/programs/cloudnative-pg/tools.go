//go:build tools

// Package cloudnativepg keeps `go mod` from dropping what the program needs; it is never compiled.
package cloudnativepg

import _ "github.com/cloudnative-pg/cloudnative-pg/cmd/manager"
