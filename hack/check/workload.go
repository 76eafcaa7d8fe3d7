package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"time"
)

// The identity of a workload as Istio writes it.
var spiffe = url.URL{Scheme: "spiffe", Host: "cluster.local", Path: "/ns/default/sa/check"}

// mintWorkload signs a workload certificate with the Secret's key, shaped like istiod's: no subject, a critical SPIFFE
// URI, for servers and clients.
func mintWorkload(secret Secret, now time.Time) (*x509.Certificate, error) {
	pair, err := tls.X509KeyPair(secret.Chain, secret.Key)
	if err != nil {
		return nil, err
	}
	signing, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	altName, err := asn1.Marshal([]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 6, Bytes: []byte(spiffe.String())}})
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(now.UnixNano()),
		NotBefore:             now.Add(-time.Minute),
		NotAfter:              now.Add(time.Minute),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true,
		ExtraExtensions:       []pkix.Extension{{Id: subjectAltNameOID, Critical: true, Value: altName}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signing, key.Public(), pair.PrivateKey.(crypto.Signer))
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// verifyWorkload does what peers in the mesh do with it, one that calls it and one that is called.
func verifyWorkload(workload *x509.Certificate, intermediates, roots []*x509.Certificate, now time.Time) error {
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		if _, err := workload.Verify(x509.VerifyOptions{
			Roots: pool(roots), Intermediates: pool(intermediates), CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{usage},
		}); err != nil {
			return err
		}
	}
	return nil
}

func workloadAccepted(secret Secret, chain, roots []*x509.Certificate, now time.Time) (string, error) {
	workload, err := mintWorkload(secret, now)
	if err != nil {
		return "", err
	}
	return "as " + spiffe.String(), verifyWorkload(workload, chain, roots, now)
}

// workloadNeedsChain is the negative control: a peer that knows the signer without tls.crt has it as trust anchor.
func workloadNeedsChain(secret Secret, roots []*x509.Certificate, now time.Time) (string, error) {
	workload, err := mintWorkload(secret, now)
	if err != nil {
		return "", err
	}
	var unknown x509.UnknownAuthorityError
	if err := verifyWorkload(workload, nil, roots, now); err == nil {
		return "", errors.New("it does not: ca.crt holds the intermediate")
	} else if !errors.As(err, &unknown) {
		return "", fmt.Errorf("it does, but says: %w", err)
	}
	return "ca.crt does not hold the intermediate", nil
}

func pool(certificates []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, certificate := range certificates {
		pool.AddCert(certificate)
	}
	return pool
}
