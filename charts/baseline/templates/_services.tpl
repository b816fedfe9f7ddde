{{/* Namespaces, workloads and reach of the platform, and those that every service of services.yaml has: as JSON. */}}
{{- define "baseline.told" -}}
{{- $list := .Files.Get "services.yaml" | fromYaml }}
{{- $namespaces := deepCopy .Values.namespaces }}
{{- $workloads := deepCopy .Values.workloads }}
{{- $reach := .Values.reach }}
{{- range $name, $service := $list.services }}
{{- $room := merge (dict "team" $service.team) ($service.room | default dict) $list.room }}
{{- $_ := set $namespaces $name $room }}
{{- $_ := set $workloads $name (dict "namespace" $name "labels" (dict "app.kubernetes.io/name" $name)) }}
{{- range $.Values.everyService.reaches }}
{{- if ne .to $name }}
{{- $reach = append $reach (dict "from" $name "to" .to "port" .port) }}
{{- end }}
{{- end }}
{{- range $.Values.everyService.isReachedBy }}
{{- $reach = append $reach (dict "from" .from "to" $name "port" .port) }}
{{- end }}
{{- end }}
{{- dict "namespaces" $namespaces "workloads" $workloads "reach" $reach | toJson }}
{{- end }}
