//go:build tools

// Package argocd keeps `go mod` from dropping what the program needs; it is never compiled.
package argocd

import _ "github.com/argoproj/argo-cd/v3/cmd"
