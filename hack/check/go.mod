module pca-issuer.invalid/check

go 1.26.0
