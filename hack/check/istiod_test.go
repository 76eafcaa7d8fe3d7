package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	chainBytes   = "tls.crt is canonical PEM"
	caBytes      = "ca.crt is canonical PEM"
	ownKey       = "tls.key belongs to the first certificate of tls.crt"
	noSelfSigned = "tls.crt holds no self-signed certificate"
	roots        = "every certificate of ca.crt is a self-signed CA"
	order        = "each certificate of tls.crt is signed by the next, the last one by ca.crt"
	keyIDs       = "each certificate of tls.crt names the key that signed it"
	verifies     = "every certificate of tls.crt verifies to ca.crt alone"
	loads        = "istiod loads these files"
	ca           = "the certificate is a CA"
	signs        = "its key usages are digital signature, cert sign, crl sign"
	workload     = "a workload certificate that it signs is accepted by a peer with ca.crt"
	control      = "that peer refuses it when tls.crt does not travel with it"
	length       = "its path length is 0"
	purposes     = "its extended key usages are none"
)

// Each row is a Secret that somebody once made, what istiod says about it ("" when it loads), and the checks that fail.
func TestASecretIsJudgedAsIstiodWouldAndMoreStrictlyWhereIstiodIsBlind(t *testing.T) {
	h := threeTiers(t)
	good := h.secret(t)
	two := hierarchy{root: h.root, intermediate: issue(t, h.root, "two-tier", pathZero)}
	twoTier := Secret{Chain: pems(two.intermediate), Key: pkcs8(t, two.intermediate.key), CA: pems(h.root)}
	otherRoot := issue(t, nil, "other root", nil)
	oldRoot := issue(t, nil, "old root", expired)

	underOldRoot := issue(t, oldRoot, "intermediate", pathZero)
	expiredInt := issue(t, h.sub, "intermediate", func(c *x509.Certificate) { pathZero(c); expired(c) })
	expiredSub := issue(t, h.root, "sub", expired)
	underExpiredSub := issue(t, expiredSub, "intermediate", pathZero)
	narrowSub := issue(t, h.root, "sub", pathZero)
	underNarrowSub := issue(t, narrowSub, "intermediate", pathZero)
	clientOnly := issue(t, h.sub, "intermediate", func(c *x509.Certificate) {
		pathZero(c)
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	})
	endEntity := issue(t, h.sub, "intermediate", func(c *x509.Certificate) { c.IsCA = false; c.MaxPathLen = 0 })
	constrained := issue(t, h.sub, "intermediate", func(c *x509.Certificate) {
		pathZero(c)
		c.PermittedURIDomains, c.PermittedDNSDomainsCritical = []string{"other.domain"}, true
	})
	shortLived := issue(t, h.sub, "intermediate", func(c *x509.Certificate) { pathZero(c); c.NotAfter = noon.Add(6 * time.Hour) })
	signsNoCRL := issue(t, h.sub, "intermediate", func(c *x509.Certificate) {
		pathZero(c)
		c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign
	})
	namelessKey := *h.sub.certificate
	namelessKey.SubjectKeyId = nil
	anonymous := issue(t, &authority{&namelessKey, h.sub.key}, "intermediate", pathZero)
	of := func(a *authority, above ...*authority) Secret {
		return Secret{Chain: pems(append([]*authority{a}, above...)...), Key: pkcs8(t, a.key), CA: pems(h.root)}
	}

	unknown, expiredText := "certificate signed by unknown authority", "certificate has expired or is not yet valid"
	rows := map[string]struct {
		secret Secret
		istiod string
		fails  []string
	}{
		"two tiers":   {twoTier, "", nil},
		"three tiers": {good, "", nil},
		"the root in tls.crt too": {Secret{pems(h.intermediate, h.sub, h.root), good.Key, good.CA}, "",
			[]string{noSelfSigned}},
		"an unordered tail": {Secret{pems(h.intermediate, h.root, h.sub), good.Key, good.CA}, "",
			[]string{order, noSelfSigned}},
		"the issuing CA before the intermediate": {Secret{pems(h.sub, h.intermediate), good.Key, good.CA}, "the cert does not match the key",
			[]string{ownKey, order, verifies, loads, length, workload, control}},
		"the issuing CA missing": {Secret{pems(h.intermediate), good.Key, good.CA}, unknown,
			[]string{order, verifies, loads, workload}},
		"the issuing CA as ca.crt": {Secret{pems(h.intermediate), good.Key, pems(h.sub)}, "",
			[]string{roots}},
		"root and issuing CA as ca.crt": {Secret{pems(h.intermediate), good.Key, pems(h.root, h.sub)}, "",
			[]string{roots}},
		"issuing CA and root as ca.crt": {Secret{pems(h.intermediate), good.Key, pems(h.sub, h.root)}, "",
			[]string{roots}},
		"an empty ca.crt": {Secret{good.Chain, good.Key, nil}, unknown,
			[]string{caBytes, roots, order, keyIDs, verifies, loads, workload, control}},
		"a ca.crt that is no PEM": {Secret{good.Chain, good.Key, []byte("garbage\n")}, unknown,
			[]string{caBytes, roots, order, keyIDs, verifies, loads, workload, control}},
		"another root": {Secret{good.Chain, good.Key, pems(otherRoot)}, unknown,
			[]string{order, verifies, loads, workload}},
		"a second root":          {Secret{good.Chain, good.Key, pems(h.root, otherRoot)}, "", nil},
		"an expired second root": {Secret{good.Chain, good.Key, pems(oldRoot, h.root)}, "", nil},
		"an expired intermediate": {of(expiredInt, h.sub), expiredText,
			[]string{verifies, loads, workload}},
		"an expired issuing CA": {of(underExpiredSub, expiredSub), expiredText,
			[]string{verifies, loads, workload}},
		"an expired root": {Secret{pems(underOldRoot), pkcs8(t, underOldRoot.key), pems(oldRoot)}, expiredText,
			[]string{verifies, loads, workload}},
		"no final newline, three tiers": {Secret{bytes.TrimSpace(good.Chain), good.Key, good.CA}, unknown,
			[]string{chainBytes, loads}},
		"no final newline, two tiers": {Secret{bytes.TrimSpace(twoTier.Chain), twoTier.Key, twoTier.CA}, "failed to get default cert TTL",
			[]string{chainBytes, loads}},
		"no newline between the blocks": {Secret{append(bytes.TrimSpace(pems(h.intermediate)), pems(h.sub)...), good.Key, good.CA}, "failed to parse cert PEM",
			[]string{chainBytes, ownKey, noSelfSigned, order, keyIDs, verifies, loads, ca, signs, workload, control, length, purposes}},
		"carriage returns": {Secret{good.Chain, good.Key, bytes.ReplaceAll(good.CA, []byte("\n"), []byte("\r\n"))}, "",
			[]string{caBytes}},
		"a comment before the root": {Secret{good.Chain, good.Key, append([]byte("# our root\n"), good.CA...)}, "",
			[]string{caBytes}},
		"a path length of 0 above": {of(underNarrowSub, narrowSub), "",
			[]string{workload}},
		"an extended key usage for clients only": {of(clientOnly, h.sub), "incompatible key usage",
			[]string{loads, workload, purposes}},
		"an end-entity certificate": {of(endEntity, h.sub), "not authorized to sign",
			[]string{loads, ca, length, workload}},
		"a constraint to another trust domain": {of(constrained, h.sub), "",
			[]string{workload}},
		"six hours left":                {of(shortLived, h.sub), "", nil},
		"no crl sign in the key usages": {of(signsNoCRL, h.sub), "", []string{signs}},
		"no authority key identifier":   {of(anonymous, h.sub), "", []string{keyIDs}},
		"an encrypted kind of key": {Secret{good.Chain, pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}}), good.CA}, "unsupported PEM block type",
			[]string{ownKey, loads, workload, control}},
	}
	for row, want := range rows {
		t.Run(row, func(t *testing.T) {
			says := ""
			if err := loadAsIstiod(want.secret, noon); err != nil {
				says = err.Error()
			}
			if (want.istiod == "") != (says == "") || !strings.Contains(says, want.istiod) {
				t.Errorf("istiod says %q, not %q", says, want.istiod)
			}
			report := Judge(want.secret, Expectation{Profile: ProfileIstioCA, Now: noon})
			if found := failures(report); !sameSet(found, want.fails) {
				t.Errorf("these fail: %v, not %v", found, want.fails)
			}
			if report.Holds != (len(want.fails) == 0) {
				t.Errorf("the verdict is %t", report.Holds)
			}
		})
	}
}

func TestEveryKindOfKeyThatIstiodReadsIsReadHere(t *testing.T) {
	h := threeTiers(t)
	for _, kind := range []string{"P-256", "P-384", "P-521", "Ed25519", "RSA"} {
		key := newKey(t, kind)
		intermediate := issueFor(t, h.sub, key, "intermediate", pathZero)
		forms := [][]byte{pkcs8(t, key)}
		if strings.HasPrefix(kind, "P-") {
			forms = append(forms, sec1(t, key))
		}
		if rsaKey, ok := key.(*rsa.PrivateKey); ok {
			forms = append(forms, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)}))
		}
		for _, form := range forms {
			report := Judge(Secret{pems(intermediate, h.sub), form, pems(h.root)}, Expectation{Profile: ProfileIstioCA, Now: noon})
			if !report.Holds {
				t.Errorf("%s: %v", kind, slices.Collect(slices.Values(failures(report))))
			}
		}
	}
}
