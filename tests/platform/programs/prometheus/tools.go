//go:build tools

// Package prometheus keeps `go mod` from dropping what the programs need; it is never compiled.
package prometheus

import (
	_ "github.com/prometheus/alertmanager/cmd/amtool"
	_ "github.com/prometheus/prometheus/cmd/promtool"
)
