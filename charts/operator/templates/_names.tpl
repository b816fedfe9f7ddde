{{- define "operator.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/part-of: koprogo
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
