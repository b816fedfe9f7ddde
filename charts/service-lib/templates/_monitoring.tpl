{{/* Where its figures are read, and when somebody is woken: two windows each, so that a blip wakes nobody. */}}
{{- define "koprogo.monitoring" -}}
{{- $errors := printf "koprogo_http_request_seconds_count{namespace=%q,status=~\"5..\"}" .Chart.Name }}
{{- $all := printf "koprogo_http_request_seconds_count{namespace=%q}" .Chart.Name }}
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  selector:
    matchLabels: {app.kubernetes.io/name: {{ .Chart.Name }}}
  podTargetLabels: [koprogo.io/process]
  podMetricsEndpoints:
    - {port: http, path: /metrics, interval: 15s}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  groups:
    - name: {{ .Chart.Name }}
      rules:
        {{- range $burn := list
          (dict "severity" "page" "factor" 14.4 "long" "1h" "short" "5m" "for" "2m")
          (dict "severity" "page" "factor" 6 "long" "6h" "short" "30m" "for" "15m")
          (dict "severity" "ticket" "factor" 3 "long" "1d" "short" "2h" "for" "1h")
          (dict "severity" "ticket" "factor" 1 "long" "3d" "short" "6h" "for" "3h") }}
        - alert: ErrorBudgetBurns
          expr: |-
            sum(rate({{ $errors }}[{{ $burn.long }}])) / sum(rate({{ $all }}[{{ $burn.long }}])) > {{ mulf $burn.factor (subf 1 $.Values.global.availability) }}
            and
            sum(rate({{ $errors }}[{{ $burn.short }}])) / sum(rate({{ $all }}[{{ $burn.short }}])) > {{ mulf $burn.factor (subf 1 $.Values.global.availability) }}
          for: {{ $burn.for }}
          labels: {severity: {{ $burn.severity }}, service: {{ $.Chart.Name }}, window: {{ $burn.long }}}
          annotations:
            summary: "{{ $.Chart.Name }} answers too many requests with an error of its own"
            runbook: docs/runbooks/a-service-answers-with-errors.md
        {{- end }}
        - alert: EventsAreDead
          # A counter that is new has not increased: the first one is seen by what was not there before.
          expr: >-
            increase(koprogo_events_dead_total{namespace="{{ .Chart.Name }}"}[10m]) > 0
            or (koprogo_events_dead_total{namespace="{{ .Chart.Name }}"}
            unless koprogo_events_dead_total{namespace="{{ .Chart.Name }}"} offset 10m) > 0
          labels: {severity: ticket, service: {{ .Chart.Name }}}
          annotations:
            summary: "{{ .Chart.Name }} could not handle an event and put it aside"
            runbook: docs/runbooks/dead-letters.md
{{- end }}
