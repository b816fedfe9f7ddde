{{/* Runs before the new version and beside the old one, with the role that owns the schema. */}}
{{- define "koprogo.migration" -}}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Chart.Name }}-migrate
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
  annotations:
    argocd.argoproj.io/hook: PreSync
    argocd.argoproj.io/hook-delete-policy: BeforeHookCreation,HookSucceeded
spec:
  backoffLimit: 2
  activeDeadlineSeconds: 600
  template:
    {{- include "koprogo.pod" (dict "root" . "process" "migrate" "settings" .Values.migrate) | nindent 4 }}
{{- end }}
