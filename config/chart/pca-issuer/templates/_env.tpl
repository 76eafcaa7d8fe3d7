{{/* Environment of the controller: the proxy, then env, which wins. A name to a text, or to a map such as {valueFrom: {…}}. */}}
{{- define "pca-issuer.env" -}}
{{- $env := dict -}}
{{- with .Values.proxy.httpsProxy }}{{ $_ := set $env "HTTPS_PROXY" . }}{{ end -}}
{{- with .Values.proxy.httpProxy }}{{ $_ := set $env "HTTP_PROXY" . }}{{ end -}}
{{- with .Values.proxy.noProxy }}{{ $_ := set $env "NO_PROXY" . }}{{ end -}}
{{- range $name, $value := mergeOverwrite $env (deepCopy (default dict .Values.env)) }}
- name: {{ $name | quote }}
  {{- if kindIs "map" $value }}
  {{- toYaml $value | nindent 2 }}
  {{- else if kindIs "string" $value }}
  value: {{ $value | quote }}
  {{- else }}
  {{- /* Not quote alone: it writes a million as 1e+06. */}}
  value: {{ toJson $value | quote }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* How many replicas there are at least. */}}
{{- define "pca-issuer.replicas" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled -}}
{{- end -}}
