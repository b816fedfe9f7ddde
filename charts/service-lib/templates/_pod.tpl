{{/* The pod of one process: `(dict "root" . "process" "serve" "settings" .Values.serve)`. */}}
{{- define "koprogo.pod" -}}
{{- $ := .root -}}
metadata:
  labels:
    {{- include "koprogo.selector" (list $ .process) | nindent 4 }}
    app.kubernetes.io/part-of: koprogo
spec:
  serviceAccountName: {{ if eq .process "migrate" }}default{{ else }}{{ $.Chart.Name }}{{ end }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    seccompProfile: {type: RuntimeDefault}
  {{- if eq .process "migrate" }}
  restartPolicy: Never
  {{- else }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "koprogo.selector" (list $ .process) | nindent 10 }}
  {{- end }}
  containers:
    - name: {{ .process }}
      image: {{ include "koprogo.image" $ }}
      args: [{{ .process }}]
      env:
        {{- include "koprogo.environment" (list $ .process) | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources:
        {{- toYaml .settings.resources | nindent 8 }}
      {{- if ne .process "migrate" }}
      ports:
        - {name: http, containerPort: 8000}
        {{- if eq .process "serve" }}
        - {name: grpc, containerPort: 50051}
        {{- end }}
      startupProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 1, failureThreshold: 60}
      # A neighbour that is away is no reason to restart: only readiness asks for others.
      livenessProbe: {httpGet: {path: /health/live, port: http}, periodSeconds: 10, failureThreshold: 3}
      readinessProbe: {httpGet: {path: /health/ready, port: http}, periodSeconds: 2, failureThreshold: 2, timeoutSeconds: 2}
      {{- end }}
      {{- if eq .process "serve" }}
      # The endpoint leaves the routes before the process is told to end.
      lifecycle: {preStop: {sleep: {seconds: 5}}}
      {{- end }}
      volumeMounts:
        - {name: temporary, mountPath: /tmp}
        {{- if ne .process "migrate" }}
        - {name: certificate, mountPath: /etc/koprogo/tls, readOnly: true}
        {{- end }}
  volumes:
    - name: temporary
      emptyDir: {sizeLimit: 256Mi}
    {{- if ne .process "migrate" }}
    - name: certificate
      secret: {secretName: {{ $.Chart.Name }}-certificate}
    {{- end }}
{{- end }}
