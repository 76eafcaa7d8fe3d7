package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// loadAsIstiod repeats what istiod does with the files before it takes them, in its order: the first block of tls.crt
// has to verify to ca.crt through tls.crt and ca.crt put together without a separator, the key has to be readable and
// match, the certificate has to be a CA, and the first certificate of the chain may not have expired. It looks at
// nothing else: path lengths and name constraints above it, and whether ca.crt holds real roots, stay unseen.
func loadAsIstiod(secret Secret, now time.Time) error {
	served := append(append([]byte{}, secret.Chain...), secret.CA...)
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AppendCertsFromPEM(secret.CA)
	intermediates.AppendCertsFromPEM(served)

	signing, err := firstCertificate(secret.Chain)
	if err != nil {
		return fmt.Errorf("failed to parse cert PEM: %w", err)
	}
	// Go's default: the chain has to be good for serverAuth.
	if _, err := signing.Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: now}); err != nil {
		return fmt.Errorf("cannot verify the cert with the provided root chain and cert pool with error: %w", err)
	}
	if err := readableKey(secret.Key); err != nil {
		return fmt.Errorf("failed to parse private key PEM: %w", err)
	}
	if _, err := tls.X509KeyPair(secret.Chain, secret.Key); err != nil {
		return fmt.Errorf("the cert does not match the key: %w", err)
	}
	if !signing.IsCA {
		return errors.New("certificate is not authorized to sign other certificates")
	}
	first, err := firstCertificate(served)
	if err != nil {
		return fmt.Errorf("failed to get default cert TTL: failed to parse the cert: %w", err)
	}
	if !first.NotAfter.After(now) {
		return errors.New("cert chain has expired")
	}
	return nil
}

func firstCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("invalid PEM encoded certificate")
	}
	return x509.ParseCertificate(block.Bytes)
}

// readableKey accepts what istiod reads: PKCS #1, SEC 1 and PKCS #8, none of them encrypted.
func readableKey(text []byte) error {
	block, _ := pem.Decode(text)
	if block == nil {
		return errors.New("invalid PEM-encoded key")
	}
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		_, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		_, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		_, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		err = fmt.Errorf("unsupported PEM block type for a private key: %s", block.Type)
	}
	return err
}
