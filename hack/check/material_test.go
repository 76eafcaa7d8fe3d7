package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/url"
	"testing"
	"time"
)

// noon is when the tests' certificates are judged: they are valid from a day before it to 90 days after.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// authority is a certificate with its key.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

var serial = int64(1)

// issue signs a certificate for a new P-256 key; a nil issuer makes it self-signed.
func issue(t *testing.T, issuer *authority, commonName string, change func(*x509.Certificate)) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return issueFor(t, issuer, key, commonName, change)
}

func issueFor(t *testing.T, issuer *authority, key crypto.Signer, commonName string, change func(*x509.Certificate)) *authority {
	t.Helper()
	serial++
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(serial),
		Subject:               pkix.Name{CommonName: commonName},
		NotBefore:             noon.AddDate(0, 0, -1),
		NotAfter:              noon.AddDate(0, 0, 90),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLen:            -1,
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.certificate, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	must(t, err)
	certificate, err := x509.ParseCertificate(der)
	must(t, err)
	return &authority{certificate, key}
}

func pathZero(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = 0, true }

func expired(c *x509.Certificate) { c.NotAfter = noon.Add(-time.Hour) }

// hierarchy is a root, a subordinate and the intermediate that istiod gets.
type hierarchy struct{ root, sub, intermediate *authority }

func threeTiers(t *testing.T) hierarchy {
	t.Helper()
	root := issue(t, nil, "root", nil)
	sub := issue(t, root, "sub", nil)
	return hierarchy{root, sub, issue(t, sub, "intermediate", pathZero)}
}

func (h hierarchy) secret(t *testing.T) Secret {
	return Secret{Chain: pems(h.intermediate, h.sub), Key: pkcs8(t, h.intermediate.key), CA: pems(h.root)}
}

func pems(authorities ...*authority) []byte {
	var text []byte
	for _, each := range authorities {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: each.certificate.Raw})...)
	}
	return text
}

func pkcs8(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func sec1(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	must(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}

func newKey(t *testing.T, kind string) crypto.Signer {
	t.Helper()
	curves := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}
	if curve := curves[kind]; curve != nil {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		must(t, err)
		return key
	}
	if kind == "Ed25519" {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		return key
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	must(t, err)
	return parsed
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// failures names the checks that do not hold.
func failures(report Report) []string {
	names := []string{}
	for _, check := range report.Checks {
		if !check.Holds {
			names = append(names, check.Name)
		}
	}
	return names
}
