{{/* What in the values deserves a second look? One sentence a line, for NOTES. */}}
{{- define "pca-issuer.warnings" -}}
{{- if .Values.disableApprovedCheck }}
disableApprovedCheck is set, so requests are signed that nobody has approved.
{{- end }}
{{- if .Values.enableIssuerAmbientCredentials }}
enableIssuerAmbientCredentials is set. Everyone who may create an AWSPCAIssuer in some namespace can use the AWS identity of the controller.
{{- end }}
{{- if .Values.disableClientSideRateLimiting }}
disableClientSideRateLimiting changes nothing: calls to the API server are not limited here.
{{- end }}
{{- if not .Values.approverRole.enabled }}
approverRole.enabled is off. Requests wait until somebody who may approve for these issuers does.
{{- end }}
{{- if not .Values.crds.enabled }}
crds.enabled is off. Apply config/crd of this version yourself before you use its fields: what the installed CRDs lack is dropped from an issuer, which is then not Ready and says so.
{{- end }}
{{- if not .Values.rbac.create }}
rbac.create is off. Nothing works until somebody else grants what templates/rbac.yaml would have.
{{- end }}
{{- if and (contains "aws-privateca-issuer" .Values.image.repository) (not (include "pca-issuer.isPeerImage" .)) }}
image.repository is {{ .Values.image.repository }}, which looks like a copy of aws-privateca-issuer's image. That one does not run with the arguments of this chart.
{{- end }}
{{- if and .Values.image.tag (not .Values.image.digest) (ne .Values.image.tag .Chart.AppVersion) (not (include "pca-issuer.isPeerImage" .)) }}
image.tag is {{ .Values.image.tag }}; the chart is made for {{ .Chart.AppVersion }}.
{{- end }}
{{- $memory := include "pca-issuer.mebibytes" (dig "limits" "memory" "" (include "pca-issuer.resources" . | fromYaml)) }}
{{- if and $memory (lt (int $memory) 192) }}
resources.limits.memory is {{ $memory }}Mi. 500 requests at once take about 155Mi (docs/benchmark.md).
{{- end }}
{{- if dig "limits" "cpu" "" (include "pca-issuer.resources" . | fromYaml) }}
resources.limits.cpu is set. It makes the start, and a handover, slow.
{{- end }}
{{- if .Values.hostNetwork }}
hostNetwork is set, which Pod Security "restricted" forbids. Of the node it takes port {{ .Values.healthPort }}{{ if .Values.metrics.enabled }} and port {{ .Values.metrics.port }}{{ end }}.
{{- end }}
{{- if .Values.autoscaling.enabled }}
autoscaling.enabled is set. One replica works and the others stand by, so more of them make nothing faster.
{{- end }}
{{- $least := dig "minAvailable" 0 (ternary .Values.podDisruptionBudget dict (kindIs "map" .Values.podDisruptionBudget)) }}
{{- if and (not (kindIs "string" $least)) (gt (int $least) 0) (ge (int $least) (include "pca-issuer.replicas" . | int)) }}
podDisruptionBudget.minAvailable is {{ $least }} of {{ include "pca-issuer.replicas" . }} replicas, so no node that runs one can be drained.
{{- end }}
{{- if and (not .Values.metrics.enabled) (or .Values.serviceMonitor.create .Values.podMonitor.create) }}
metrics.enabled is off, so there is nothing for a ServiceMonitor or PodMonitor.
{{- end }}
{{- if and .Values.serviceMonitor.create .Values.podMonitor.create }}
serviceMonitor.create and podMonitor.create are both set, so Prometheus asks each pod twice.
{{- end }}
{{- end -}}
