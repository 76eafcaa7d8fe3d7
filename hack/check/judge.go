package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	ProfileIstioCA = "istio-ca"
	ProfileLeaf    = "leaf"
)

// Expectation is what the Secret has to be. What is left empty is not checked, but for istio-ca, which has defaults.
type Expectation struct {
	Profile           string
	PathLength        string   // a number, "none" or "any"; "" is 0 for istio-ca
	ExtendedKeyUsages []string // exactly these, by name or OID; nil is none for istio-ca
	Names             []string // exactly these subject alternative names, of whatever kind
	Before            *Secret  // the Secret before its renewal
	WithoutKey        bool     // the key stays with its maker: what needs it is reported as not made
	Now               time.Time
}

// What a check stands on. A premise that does not hold makes the check fail and say so.
const (
	onChain = 1 << iota
	onRoots
	onKey
)

type judgement struct {
	secret             Secret
	expected           Expectation
	chain, roots       []*x509.Certificate
	chainErr, rootsErr error
	report             Report
}

// Judge makes every check of the profile, the ones after a failed one too.
func Judge(secret Secret, expected Expectation) Report {
	j := judgement{secret: secret, expected: expected, report: Report{Profile: expected.Profile, Holds: true}}
	j.chain, j.chainErr = parseCertificates("tls.crt", secret.Chain)
	j.roots, j.rootsErr = parseCertificates("ca.crt", secret.CA)
	j.report.describe(j.chain, j.roots)

	j.bytes()
	j.trust()
	if expected.Profile == ProfileIstioCA {
		j.signingCA()
	} else {
		j.check("the certificate signs no others", onChain, func() (string, error) { return signsNothing(j.chain[0]) })
	}
	j.contents()
	if expected.Before != nil {
		j.renewal(*expected.Before)
	}
	return j.report
}

func (j *judgement) bytes() {
	j.check("tls.crt is canonical PEM", 0, func() (string, error) { return canonical(j.secret.Chain) })
	j.check("ca.crt is canonical PEM", 0, func() (string, error) { return canonical(j.secret.CA) })
	j.check("tls.key belongs to the first certificate of tls.crt", onChain|onKey, func() (string, error) { return keyMatches(j.secret, j.chain[0]) })
}

func (j *judgement) trust() {
	j.check("tls.crt holds no self-signed certificate", onChain, func() (string, error) { return noneSelfSigned(j.chain) })
	j.check("every certificate of ca.crt is a self-signed CA", onRoots, func() (string, error) { return allRoots(j.roots) })
	j.check("each certificate of tls.crt is signed by the next, the last one by ca.crt", onChain|onRoots, func() (string, error) { return issuerOrder(j.chain, j.roots) })
	j.check("each certificate of tls.crt names the key that signed it", onChain|onRoots, func() (string, error) { return keyIdentifiers(j.chain, j.roots) })
	j.check("every certificate of tls.crt verifies to ca.crt alone", onChain|onRoots, func() (string, error) { return chainVerifies(j.chain, j.roots, j.expected.Now) })
}

func (j *judgement) signingCA() {
	j.check("istiod loads these files", onKey, func() (string, error) {
		return "as it does at its start", loadAsIstiod(j.secret, j.expected.Now)
	})
	j.check("the certificate is a CA", onChain, func() (string, error) { return isCA(j.chain[0]) })
	j.check("its key usages are digital signature, cert sign, crl sign", onChain, func() (string, error) {
		return sameNames(keyUsagesOf(j.chain[0]), []string{"digital signature", "cert sign", "crl sign"})
	})
	j.check("a workload certificate that it signs is accepted by a peer with ca.crt", onChain|onRoots|onKey, func() (string, error) {
		return workloadAccepted(j.secret, j.chain, j.roots, j.expected.Now)
	})
	j.check("that peer refuses it when tls.crt does not travel with it", onChain|onRoots|onKey, func() (string, error) {
		return workloadNeedsChain(j.secret, j.roots, j.expected.Now)
	})
}

func (j *judgement) contents() {
	want := j.expected
	if want.Profile == ProfileIstioCA && want.PathLength == "" {
		want.PathLength = "0"
	}
	if want.Profile == ProfileIstioCA && want.ExtendedKeyUsages == nil {
		want.ExtendedKeyUsages = []string{}
	}
	if want.PathLength != "" && want.PathLength != "any" {
		j.check("its path length is "+want.PathLength, onChain, func() (string, error) { return hasPathLength(j.chain[0], want.PathLength) })
	}
	if want.ExtendedKeyUsages != nil {
		usages := extendedKeyUsageNames(want.ExtendedKeyUsages)
		j.check("its extended key usages are "+listed(usages), onChain, func() (string, error) {
			return sameNames(extendedKeyUsagesOf(j.chain[0]), usages)
		})
	}
	if want.Names != nil {
		j.check("its names are "+listed(want.Names), onChain, func() (string, error) { return sameNames(namesOf(j.chain[0]), want.Names) })
	}
}

func (j *judgement) renewal(before Secret) {
	j.check("ca.crt is byte for byte what it was", 0, func() (string, error) { return caUnchanged(j.secret, before) })
	j.check("the certificate is another one than before", onChain, func() (string, error) { return leafRenewed(j.chain[0], before) })
}

func (j *judgement) check(name string, premises int, find func() (string, error)) {
	if premises&onKey != 0 && j.expected.WithoutKey {
		j.report.add(Check{Name: name, Holds: true, notMade: true, Detail: "not made: tls.key is not here"})
		return
	}
	var missing error
	if premises&onChain != 0 {
		missing = j.chainErr
	}
	if premises&onRoots != 0 {
		missing = errors.Join(missing, j.rootsErr)
	}
	if missing != nil {
		reasons := strings.ReplaceAll(missing.Error(), "\n", "; ")
		j.report.add(Check{Name: name, Detail: "cannot be made: " + reasons})
		return
	}
	detail, err := find()
	if err != nil {
		detail = err.Error()
	}
	j.report.add(Check{Name: name, Holds: err == nil, Detail: detail})
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// sameNames wants the same names in any order.
func sameNames(found, want []string) (string, error) {
	if !sameSet(found, want) {
		return "", fmt.Errorf("they are %s", listed(found))
	}
	return listed(found), nil
}
