module koprogo/tests/platform/prometheus

go 1.26.7

require (
	github.com/prometheus/alertmanager v0.34.2 // indirect
	github.com/prometheus/prometheus v0.316.0 // indirect
)
