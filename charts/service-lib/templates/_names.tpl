{{- define "koprogo.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/part-of: koprogo
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What a selector says, which never changes: `(list . "serve")`. */}}
{{- define "koprogo.selector" -}}
app.kubernetes.io/name: {{ (index . 0).Chart.Name }}
koprogo.io/process: {{ index . 1 }}
{{- end }}

{{- define "koprogo.image" -}}
{{ .Values.image.repository }}@{{ required "the environment names the image's digest" .Values.image.digest }}
{{- end }}
