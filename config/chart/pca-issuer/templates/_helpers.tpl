{{/* Name of the chart, or nameOverride. */}}
{{- define "pca-issuer.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of what is installed: fullnameOverride, else the release, with the name of the chart if it is not in it. */}}
{{- define "pca-issuer.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What a Deployment selects its pods by; it can never change. */}}
{{- define "pca-issuer.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pca-issuer.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of the pod of `helm test`, which nothing that selects our pods may select. */}}
{{- define "pca-issuer.testLabels" -}}
app.kubernetes.io/name: {{ include "pca-issuer.name" . | trunc 58 | trimSuffix "-" }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "pca-issuer.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "pca-issuer.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* ServiceAccount of the controller. */}}
{{- define "pca-issuer.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pca-issuer.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
Name of what lies outside of the release's namespace. A release of the same name may live in another namespace, and RBAC
takes colons.
*/}}
{{- define "pca-issuer.clusterWideName" -}}
{{- printf "%s:%s" .Release.Namespace (include "pca-issuer.fullname" .) -}}
{{- end -}}

{{/* "true" where the values name the image of aws-privateca-issuer, as its own values.yaml does. */}}
{{- define "pca-issuer.isPeerImage" -}}
{{- if eq .Values.image.repository "public.ecr.aws/k1n1h4h4/cert-manager-aws-privateca-issuer" -}}true{{- end -}}
{{- end -}}

{{/* The image, by digest where one is given. That of aws-privateca-issuer counts as unset, and so do its tag and digest. */}}
{{- define "pca-issuer.image" -}}
{{- if include "pca-issuer.isPeerImage" . -}}
{{- printf "pca-issuer:%s" .Chart.AppVersion -}}
{{- else if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* What of the values counts as unset, because it is only the default of aws-privateca-issuer: sentences, one a line. */}}
{{- define "pca-issuer.unset" -}}
{{- if include "pca-issuer.isPeerImage" . }}
- image: the repository of aws-privateca-issuer, with its tag and digest
{{- end }}
{{- if include "pca-issuer.hasPeerResources" . }}
- resources: 50m as limit of the CPU, 64Mi as request or limit of the memory
{{- end }}
{{- if include "pca-issuer.hasPeerAntiAffinity" . }}
- affinity.podAntiAffinity: it looked for pods named aws-privateca-issuer
{{- end }}
{{- if include "pca-issuer.hasPeerSpread" . }}
- topologySpreadConstraints: they counted pods named aws-privateca-issuer
{{- end }}
{{- if and .Values.autoscaling.enabled (eq (int .Values.autoscaling.maxReplicas) 100) }}
- autoscaling.maxReplicas: 100, of which 99 would stand by
{{- end }}
{{- end -}}
