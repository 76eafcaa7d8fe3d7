{{/* The anti-affinity that stands in the values of aws-privateca-issuer: its label is a fixed text, whatever nameOverride says. */}}
{{- define "pca-issuer.peerAntiAffinity" -}}
preferredDuringSchedulingIgnoredDuringExecution:
  - weight: 100
    podAffinityTerm:
      topologyKey: kubernetes.io/hostname
      labelSelector:
        matchExpressions:
          - key: app.kubernetes.io/name
            operator: In
            values: [aws-privateca-issuer]
{{- end -}}

{{- define "pca-issuer.peerSpread" -}}
constraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        app.kubernetes.io/name: aws-privateca-issuer
{{- end -}}

{{- define "pca-issuer.hasPeerAntiAffinity" -}}
{{- $given := dig "podAntiAffinity" dict (default dict .Values.affinity) -}}
{{- if eq (toJson $given) (include "pca-issuer.peerAntiAffinity" . | fromYaml | toJson) -}}true{{- end -}}
{{- end -}}

{{- define "pca-issuer.hasPeerSpread" -}}
{{- $peer := include "pca-issuer.peerSpread" . | fromYaml -}}
{{- if eq (toJson .Values.topologySpreadConstraints) (toJson $peer.constraints) -}}true{{- end -}}
{{- end -}}

{{/* Affinity of the pods: as given, and away from each other where the values say nothing of podAntiAffinity. */}}
{{- define "pca-issuer.affinity" -}}
{{- $affinity := deepCopy (default dict .Values.affinity) -}}
{{- if or (not (hasKey $affinity "podAntiAffinity")) (include "pca-issuer.hasPeerAntiAffinity" .) -}}
{{- $term := dict "topologyKey" "kubernetes.io/hostname" "labelSelector" (dict "matchLabels" (include "pca-issuer.selectorLabels" . | fromYaml)) -}}
{{- $preferred := list (dict "weight" 100 "podAffinityTerm" $term) -}}
{{- $_ := set $affinity "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" $preferred) -}}
{{- end -}}
{{- toYaml $affinity -}}
{{- end -}}

{{/* How the pods are spread: as given, else over zones, where there are several. */}}
{{- define "pca-issuer.spread" -}}
{{- if and .Values.topologySpreadConstraints (not (include "pca-issuer.hasPeerSpread" .)) -}}
{{- toYaml .Values.topologySpreadConstraints -}}
{{- else if not (kindIs "invalid" .Values.topologySpreadConstraints) -}}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "pca-issuer.selectorLabels" . | nindent 6 }}
{{- end -}}
{{- end -}}
