{{/* Is a quantity in whole Mi or Gi? Then its Mi, else nothing. */}}
{{- define "pca-issuer.mebibytes" -}}
{{- $text := toString . -}}
{{- if regexMatch "^[0-9]+Mi$" $text -}}{{ trimSuffix "Mi" $text }}
{{- else if regexMatch "^[0-9]+Gi$" $text -}}{{ mul (trimSuffix "Gi" $text | int) 1024 }}
{{- end -}}
{{- end -}}

{{/* "true" where the values hold numbers that aws-privateca-issuer has by default, and which node cannot live on. */}}
{{- define "pca-issuer.hasPeerResources" -}}
{{- $limits := dig "limits" dict (default dict .Values.resources) | default dict -}}
{{- $requests := dig "requests" dict (default dict .Values.resources) | default dict -}}
{{- if or (eq (toString $limits.cpu) "50m") (eq (toString $limits.memory) "64Mi") (eq (toString $requests.memory) "64Mi") -}}true{{- end -}}
{{- end -}}

{{/*
Resources of the controller. What aws-privateca-issuer has by default counts as unset, field by field. A request above the
limit, which the API server refuses, is lowered to it: so fits a limit that is set alone.
*/}}
{{- define "pca-issuer.resources" -}}
{{- $resources := deepCopy (default dict .Values.resources) -}}
{{- $limits := $resources.limits | default dict -}}
{{- $requests := $resources.requests | default dict -}}
{{- if eq (toString $limits.cpu) "50m" }}{{ $_ := unset $limits "cpu" }}{{ end -}}
{{- if eq (toString $limits.memory) "64Mi" }}{{ $_ := set $limits "memory" "256Mi" }}{{ end -}}
{{- if eq (toString $requests.memory) "64Mi" }}{{ $_ := set $requests "memory" "128Mi" }}{{ end -}}
{{- $limit := include "pca-issuer.mebibytes" $limits.memory -}}
{{- $request := include "pca-issuer.mebibytes" $requests.memory -}}
{{- if and $limit $request (gt (int $request) (int $limit)) }}{{ $_ := set $requests "memory" $limits.memory }}{{ end -}}
{{- if $limits }}{{ $_ := set $resources "limits" $limits }}{{ else }}{{ $_ := unset $resources "limits" }}{{ end -}}
{{- if $requests }}{{ $_ := set $resources "requests" $requests }}{{ else }}{{ $_ := unset $resources "requests" }}{{ end -}}
{{- if $resources }}{{ toYaml $resources }}{{ end -}}
{{- end -}}
