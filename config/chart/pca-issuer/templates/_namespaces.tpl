{{/*
Which namespaces do the values name that do not exist? The API server would only say that they are not found. Fails with the
values that name them; says nothing where there is no cluster to ask (helm template, Argo CD, a dry run of the client).
*/}}
{{- define "pca-issuer.requireNamespaces" -}}
{{- $named := dict -}}
{{- if .Values.rbac.create -}}
{{- range .Values.watchNamespaces }}{{ $_ := set $named . "watchNamespaces" }}{{ end -}}
{{- range .Values.secretNamespaces }}{{ $_ := set $named . "secretNamespaces" }}{{ end -}}
{{- range .Values.serviceAccountTokens }}{{ $_ := set $named .namespace "serviceAccountTokens" }}{{ end -}}
{{- end -}}
{{- range .Values.issuers }}{{ if .namespace }}{{ $_ := set $named .namespace "issuers" }}{{ end }}{{ end -}}
{{- with .Values.grafanaDashboard }}{{ if and .create .namespace }}{{ $_ := set $named .namespace "grafanaDashboard.namespace" }}{{ end }}{{ end -}}
{{- /* Helm may be about to create that of the release. */ -}}
{{- $named = omit $named .Release.Namespace -}}
{{- $missing := list -}}
{{- if and $named (lookup "v1" "Namespace" "" "kube-system") -}}
{{- range $namespace, $value := $named -}}
{{- if not (lookup "v1" "Namespace" "" $namespace) }}{{ $missing = append $missing (printf "%s names namespace %q, which does not exist: kubectl create namespace %s, or take it out of the values" $value $namespace $namespace) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if $missing }}{{ fail (printf "\n  %s\n" (join "\n  " $missing)) }}{{ end -}}
{{- end -}}
