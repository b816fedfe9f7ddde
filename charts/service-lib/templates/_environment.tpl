{{/* What a process reads: `(list . "serve")`. Settings that differ roll its pods, as they stand in them. */}}
{{- define "koprogo.environment" -}}
{{- $ := index . 0 -}}
{{- $process := index . 1 -}}
{{- $name := $.Chart.Name -}}
{{- $told := dict
  "SERVICE" $name
  "HTTP_HOST" "0.0.0.0"
  "HTTP_PORT" "8000"
  "GRPC_HOST" "0.0.0.0"
  "GRPC_PORT" "50051"
  "TLS_CA" "/etc/koprogo/tls/ca.crt"
  "TLS_CERTIFICATE" "/etc/koprogo/tls/tls.crt"
  "TLS_KEY" "/etc/koprogo/tls/tls.key"
  "GRPC_IDENTITY" "identity.identity.svc:50051"
  "KAFKA_BOOTSTRAP" $.Values.global.kafka
  "KAFKA_TLS" "true"
  "OIDC_ISSUER" (printf "%s/auth/realms/koprogo" $.Values.global.publicUrl)
  "OIDC_JWKS_URL" "http://keycloak.data.svc:8080/auth/realms/koprogo/protocol/openid-connect/certs"
-}}
{{- range $.Values.asks }}
{{- $_ := set $told (printf "GRPC_%s" (upper .)) (printf "%s.%s.svc:50051" . .) }}
{{- end }}
{{- range $key, $value := $.Values.settings }}
{{- $_ := set $told $key (tpl (toString $value) $) }}
{{- end }}
{{- range $key := keys $told | sortAlpha }}
- {name: KOPROGO_{{ $key }}, value: {{ get $told $key | quote }}}
{{- end }}
- name: DATABASE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $name }}-database, key: run}}
- {name: KOPROGO_DATABASE_URL, value: "postgresql://{{ $name }}:$(DATABASE_PASSWORD)@{{ $.Values.global.postgres }}/{{ $name }}"}
{{- /* The relay opens the databases of single tenants. It answers nobody; what is asked over the network owns no schema. */}}
{{- if has $process (list "migrate" "relay") }}
- name: OWNER_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $name }}-database, key: owner}}
- {name: KOPROGO_MIGRATION_DATABASE_URL, value: "postgresql://{{ $name }}_owner:$(OWNER_PASSWORD)@{{ $.Values.global.postgres }}/{{ $name }}"}
{{- end }}
{{- range $key := keys $.Values.secrets | sortAlpha }}
{{- $where := get $.Values.secrets $key }}
- name: KOPROGO_{{ $key }}
  valueFrom: {secretKeyRef: {name: {{ $where.secret }}, key: {{ $where.key }}}}
{{- end }}
{{- end }}
