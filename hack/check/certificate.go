package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"time"
)

// Summary is what one certificate says. PathLength is nil where it sets no limit; Serial and SHA256 (of the DER) are
// lower-case hex.
type Summary struct {
	Subject           string    `json:"subject"`
	Issuer            string    `json:"issuer"`
	IsCA              bool      `json:"isCA"`
	PathLength        *int      `json:"pathLength,omitempty"`
	NotBefore         time.Time `json:"notBefore"`
	NotAfter          time.Time `json:"notAfter"`
	Serial            string    `json:"serial"`
	SHA256            string    `json:"sha256"`
	KeyAlgorithm      string    `json:"keyAlgorithm"`
	KeyUsages         []string  `json:"keyUsages"`
	ExtendedKeyUsages []string  `json:"extendedKeyUsages"`
	Names             []string  `json:"names"`
}

func summarise(c *x509.Certificate) Summary {
	sum := sha256.Sum256(c.Raw)
	return Summary{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(),
		IsCA: c.BasicConstraintsValid && c.IsCA, PathLength: pathLength(c),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		Serial: c.SerialNumber.Text(16), SHA256: hex.EncodeToString(sum[:]), KeyAlgorithm: keyAlgorithm(c),
		KeyUsages: keyUsagesOf(c), ExtendedKeyUsages: extendedKeyUsagesOf(c), Names: namesOf(c),
	}
}

// pathLength undoes Go's two fields for one number.
func pathLength(c *x509.Certificate) *int {
	if !c.IsCA || !c.BasicConstraintsValid || c.MaxPathLen < 0 || (c.MaxPathLen == 0 && !c.MaxPathLenZero) {
		return nil
	}
	return &c.MaxPathLen
}

func isSelfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// isIssuer tells whether the issuer's name and key made the certificate; whether it was allowed to is not asked here.
func isIssuer(issuer, c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, issuer.RawSubject) && issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func issuerAmong(candidates []*x509.Certificate, c *x509.Certificate) *x509.Certificate {
	for _, candidate := range candidates {
		if isIssuer(candidate, c) {
			return candidate
		}
	}
	return nil
}

func keyAlgorithm(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	default:
		return c.PublicKeyAlgorithm.String()
	}
}

func name(c *x509.Certificate) string {
	if subject := c.Subject.String(); subject != "" {
		return subject
	}
	if names := namesOf(c); len(names) > 0 {
		return names[0]
	}
	return "a certificate without a name"
}
