{{/* All objects of a service. What others may reach is in `baseline`: a team does not widen it by itself. */}}
{{- define "koprogo.service" -}}
{{- include "koprogo.migration" . }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  secretName: {{ .Chart.Name }}-certificate
  # Who calls is read from this name.
  commonName: {{ .Chart.Name }}
  dnsNames: [{{ .Chart.Name }}, {{ .Chart.Name }}.{{ .Chart.Name }}.svc]
  usages: [server auth, client auth]
  duration: 2160h
  renewBefore: 720h
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  issuerRef: {kind: ClusterIssuer, name: koprogo-services}
{{- range $process := list "serve" "relay" "consume" }}
{{- $settings := get $.Values $process }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $.Chart.Name }}-{{ $process }}
  labels:
    {{- include "koprogo.labels" $ | nindent 4 }}
spec:
  {{- if not (and (ne $process "relay") (gt (int $settings.max) (int $settings.min))) }}
  replicas: {{ $settings.min }}
  {{- end }}
  revisionHistoryLimit: 5
  minReadySeconds: 5
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
  selector:
    matchLabels:
      {{- include "koprogo.selector" (list $ $process) | nindent 6 }}
  template:
    {{- include "koprogo.pod" (dict "root" $ "process" $process "settings" $settings) | nindent 4 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $.Chart.Name }}-{{ $process }}
  labels:
    {{- include "koprogo.labels" $ | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "koprogo.selector" (list $ $process) | nindent 6 }}
{{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  # Callers see every pod and spread their calls: HTTP/2 connections live long.
  clusterIP: None
  selector:
    {{- include "koprogo.selector" (list . "serve") | nindent 4 }}
  ports:
    - {name: http, port: 8000, targetPort: http, appProtocol: http}
    # Asked inside, with certificates of both: nothing that speaks without TLS may be told to try.
    - {name: grpc, port: 50051, targetPort: grpc}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ .Chart.Name }}
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  parentRefs:
    - {name: koprogo, namespace: gateway, sectionName: https}
  hostnames: [{{ .Values.global.domain | quote }}]
  rules:
    - matches:
        - path: {type: PathPrefix, value: /api/{{ .Chart.Name }}}
      filters:
        # Who somebody is says his token alone.
        - type: RequestHeaderModifier
          requestHeaderModifier:
            remove: [X-Forwarded-User, X-Forwarded-Groups, X-Forwarded-Email, X-Remote-User]
      backendRefs:
        - {name: {{ .Chart.Name }}, port: 8000}
{{- include "koprogo.scaling" . }}
{{- include "koprogo.monitoring" . }}
{{- end }}
