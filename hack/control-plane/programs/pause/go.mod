module pca-issuer.invalid/programs/pause

go 1.26.0
