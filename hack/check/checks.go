package main

import (
	"bytes"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Each function here is one check: what was found, or what is wrong.

func keyMatches(secret Secret, first *x509.Certificate) (string, error) {
	if len(secret.Key) == 0 {
		return "", errors.New("there is no tls.key")
	}
	if err := readableKey(secret.Key); err != nil {
		return "", err
	}
	if _, err := tls.X509KeyPair(secret.Chain, secret.Key); err != nil {
		return "", fmt.Errorf("the first certificate is %s: %w", name(first), err)
	}
	return name(first), nil
}

func noneSelfSigned(chain []*x509.Certificate) (string, error) {
	for i, certificate := range chain {
		if isSelfSigned(certificate) {
			return "", fmt.Errorf("block %d, %s, is self-signed", i+1, name(certificate))
		}
	}
	return counted(chain, "certificate"), nil
}

func allRoots(roots []*x509.Certificate) (string, error) {
	for i, root := range roots {
		if !isSelfSigned(root) || !root.IsCA {
			return "", fmt.Errorf("block %d, %s, is none", i+1, name(root))
		}
	}
	return counted(roots, "root"), nil
}

func issuerOrder(chain, roots []*x509.Certificate) (string, error) {
	var names []string
	for i, certificate := range chain {
		names = append(names, name(certificate))
		if i+1 < len(chain) && !isIssuer(chain[i+1], certificate) {
			return "", fmt.Errorf("block %d, %s, is not signed by the one after it, %s", i+1, name(certificate), name(chain[i+1]))
		}
	}
	last := chain[len(chain)-1]
	root := issuerAmong(roots, last)
	if root == nil {
		return "", fmt.Errorf("the last block, %s, is signed by nothing in ca.crt", name(last))
	}
	return strings.Join(append(names, name(root)), " ← "), nil
}

// keyIdentifiers looks at what Go ignores and `openssl verify -x509_strict` demands.
func keyIdentifiers(chain, roots []*x509.Certificate) (string, error) {
	for i, certificate := range chain {
		if isSelfSigned(certificate) {
			continue // it needs none, and another check complains
		}
		if len(certificate.AuthorityKeyId) == 0 {
			return "", fmt.Errorf("block %d, %s, has no authority key identifier", i+1, name(certificate))
		}
		issuer := issuerAmong(append(append([]*x509.Certificate{}, chain...), roots...), certificate)
		if issuer != nil && !bytes.Equal(certificate.AuthorityKeyId, issuer.SubjectKeyId) {
			return "", fmt.Errorf("block %d, %s, names key %x, but %s has %x", i+1, name(certificate), certificate.AuthorityKeyId, name(issuer), issuer.SubjectKeyId)
		}
	}
	return "authority key identifier " + hex.EncodeToString(chain[0].AuthorityKeyId), nil
}

func chainVerifies(chain, roots []*x509.Certificate, now time.Time) (string, error) {
	for i, certificate := range chain {
		options := x509.VerifyOptions{Roots: pool(roots), Intermediates: pool(chain[i+1:]), CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		if _, err := certificate.Verify(options); err != nil {
			return "", fmt.Errorf("block %d, %s: %w", i+1, name(certificate), err)
		}
	}
	return "at " + now.UTC().Format(time.RFC3339), nil
}

func isCA(leaf *x509.Certificate) (string, error) {
	if !leaf.BasicConstraintsValid || !leaf.IsCA {
		return "", errors.New("its basic constraints do not say CA:TRUE")
	}
	return "CA:TRUE", nil
}

func signsNothing(leaf *x509.Certificate) (string, error) {
	switch {
	case leaf.IsCA:
		return "", errors.New("its basic constraints say CA:TRUE")
	case leaf.KeyUsage&(x509.KeyUsageCertSign|x509.KeyUsageCRLSign) != 0:
		return "", fmt.Errorf("its key usages are %s", listed(keyUsagesOf(leaf)))
	}
	return "no CA, key usages " + listed(keyUsagesOf(leaf)), nil
}

func hasPathLength(leaf *x509.Certificate, want string) (string, error) {
	found := "none"
	if length := pathLength(leaf); length != nil {
		found = strconv.Itoa(*length)
	}
	if found != want {
		return "", fmt.Errorf("it is %s", found)
	}
	return found, nil
}

func caUnchanged(secret, before Secret) (string, error) {
	if len(secret.CA) == 0 || !bytes.Equal(secret.CA, before.CA) {
		return "", errors.New("it has other bytes than before the renewal: istiod would not take it without a restart")
	}
	return fmt.Sprintf("%d bytes", len(secret.CA)), nil
}

func leafRenewed(leaf *x509.Certificate, before Secret) (string, error) {
	old, err := firstCertificate(before.Chain)
	if err != nil {
		return "", fmt.Errorf("the Secret before the renewal: %w", err)
	}
	if leaf.Equal(old) {
		return "", errors.New("it is the one before the renewal")
	}
	key := "a new key"
	if public, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && public.Equal(old.PublicKey) {
		key = "the same key"
	}
	return fmt.Sprintf("serial %x after %x, %s", leaf.SerialNumber, old.SerialNumber, key), nil
}

func counted(certificates []*x509.Certificate, noun string) string {
	if len(certificates) == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", len(certificates), noun)
}
