{{/* What the controller may do in the whole cluster. */}}
{{- define "pca-issuer.clusterRules" -}}
{{- if not .Values.watchNamespaces }}
{{ include "pca-issuer.namespacedRules" . }}
{{- if not .Values.secretNamespaces }}
{{ include "pca-issuer.secretRules" . }}
{{- end }}
{{- end }}
- apiGroups: [awspca.cert-manager.io]
  resources: [awspcaclusterissuers]
  verbs: [get, list, watch]
- apiGroups: [awspca.cert-manager.io]
  resources: [awspcaclusterissuers/status]
  verbs: [get, patch]
# get: the labels that requestPolicy.namespaceSelector asks for; list: how many may ask for a CA, in a condition that warns.
- apiGroups: [""]
  resources: [namespaces]
  verbs: [get, list]
{{- end -}}

{{/* What it may do with requests and issuers of a namespace, or of all. */}}
{{- define "pca-issuer.namespacedRules" -}}
# patch: the annotation with the ARN of the certificate.
- apiGroups: [cert-manager.io]
  resources: [certificaterequests]
  verbs: [get, list, watch, patch]
- apiGroups: [cert-manager.io]
  resources: [certificaterequests/status]
  verbs: [get, patch]
- apiGroups: [awspca.cert-manager.io]
  resources: [awspcaissuers]
  verbs: [get, list, watch]
- apiGroups: [awspca.cert-manager.io]
  resources: [awspcaissuers/status]
  verbs: [get, patch]
{{ include "pca-issuer.eventRules" . }}
{{- end -}}

{{- define "pca-issuer.eventRules" -}}
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* By name only: Secrets are never listed or watched. */}}
{{- define "pca-issuer.secretRules" -}}
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
{{- end -}}

{{/* The right to tokens of ServiceAccounts, by a list of their names. */}}
{{- define "pca-issuer.tokenRules" -}}
- apiGroups: [""]
  resources: [serviceaccounts/token]
  resourceNames: {{ toJson . }}
  verbs: [create]
{{- end -}}

{{/* The right to the lease, which lies in the namespace of the release. */}}
{{- define "pca-issuer.leaseRules" -}}
# A name that does not exist yet cannot be asked for, so creating goes without one.
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [b858308c.awspca.cert-manager.io]
  verbs: [get, update, patch]
{{- end -}}

{{/*
A Role or ClusterRole with its binding to the controller.
Takes a dict: root (the context of the chart), name, rules (YAML), and namespace where it is a Role.
*/}}
{{- define "pca-issuer.grant" -}}
{{- $scope := ternary "Role" "ClusterRole" (hasKey . "namespace") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "pca-issuer.labels" .root | nindent 4 }}
rules:
  {{- .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "pca-issuer.labels" .root | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $scope }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ include "pca-issuer.serviceAccountName" .root }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}
