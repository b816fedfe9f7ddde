{{/* What is served grows with CPU, what is read with what waits in Kafka; never both on one target. */}}
{{- define "koprogo.scaling" -}}
{{- if gt (int .Values.serve.max) (int .Values.serve.min) }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ .Chart.Name }}-serve
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ .Chart.Name }}-serve}
  minReplicas: {{ .Values.serve.min }}
  maxReplicas: {{ .Values.serve.max }}
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}
{{- end }}
{{- if gt (int .Values.consume.max) (int .Values.consume.min) }}
---
# KEDA looks as the service itself: its certificate, its rights.
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata:
  name: {{ .Chart.Name }}-kafka
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  secretTargetRef:
    - {parameter: ca, name: {{ .Chart.Name }}-certificate, key: ca.crt}
    - {parameter: cert, name: {{ .Chart.Name }}-certificate, key: tls.crt}
    - {parameter: key, name: {{ .Chart.Name }}-certificate, key: tls.key}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ .Chart.Name }}-consume
  labels:
    {{- include "koprogo.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {name: {{ .Chart.Name }}-consume}
  minReplicaCount: {{ .Values.consume.min }}
  # More readers than partitions would have nothing to read.
  maxReplicaCount: {{ .Values.consume.max }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {scaleDown: {stabilizationWindowSeconds: 300}}
  triggers:
    {{- range .Values.consumes }}
    - type: kafka
      authenticationRef: {name: {{ $.Chart.Name }}-kafka}
      metadata:
        tls: enable
        bootstrapServers: {{ $.Values.global.kafka | quote }}
        consumerGroup: {{ $.Chart.Name }}
        topic: {{ . }}
        lagThreshold: "200"
        limitToPartitionsWithLag: "true"
        excludePersistentLag: "true"
    {{- end }}
{{- end }}
{{- end }}
