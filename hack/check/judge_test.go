package main

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestARenewalKeepsTheBytesOfCaCrtAndBringsAnotherCertificate(t *testing.T) {
	h := threeTiers(t)
	before := h.secret(t)
	renewed := hierarchy{h.root, h.sub, issue(t, h.sub, "intermediate", pathZero)}.secret(t)
	judged := func(now Secret) []string {
		return failures(Judge(now, Expectation{Profile: ProfileIstioCA, Before: &before, Now: noon}))
	}
	if found := judged(renewed); len(found) > 0 {
		t.Errorf("a good renewal fails %v", found)
	}
	if found := judged(before); !slices.Equal(found, []string{"the certificate is another one than before"}) {
		t.Errorf("the old Secret fails %v", found)
	}
	renewed.CA = pems(h.root, issue(t, nil, "second root", nil))
	if found := judged(renewed); !slices.Equal(found, []string{"ca.crt is byte for byte what it was"}) {
		t.Errorf("a changed ca.crt fails %v", found)
	}
}

func TestALeafHasExactlyTheNamesAndUsagesThatWereAskedFor(t *testing.T) {
	h := threeTiers(t)
	leaf := issue(t, h.sub, "", func(c *x509.Certificate) {
		c.IsCA, c.MaxPathLen, c.KeyUsage = false, 0, x509.KeyUsageDigitalSignature
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		c.DNSNames, c.URIs = []string{"a.test"}, []*url.URL{mustURL(t, "spiffe://cluster.local/ns/a/sa/b")}
	})
	secret := Secret{pems(leaf, h.sub), pkcs8(t, leaf.key), pems(h.root)}
	right := Expectation{
		Profile: ProfileLeaf, Now: noon, Names: []string{"spiffe://cluster.local/ns/a/sa/b", "a.test"}, ExtendedKeyUsages: []string{"1.3.6.1.5.5.7.3.1"},
	}
	if found := failures(Judge(secret, right)); len(found) > 0 {
		t.Errorf("a good leaf fails %v", found)
	}
	for _, names := range [][]string{{"a.test", "spiffe://cluster.local/ns/a/sa/b", "b.test"}, {"a.test"}, {}} {
		wrong := right
		wrong.Names = names
		if found := failures(Judge(secret, wrong)); !slices.Equal(found, []string{"its names are " + listed(names)}) {
			t.Errorf("with the names %v it fails %v", names, found)
		}
	}
	for _, usages := range [][]string{{"client auth"}, {"server auth", "client auth"}, {}} {
		wrong := right
		wrong.ExtendedKeyUsages = usages
		if found := failures(Judge(secret, wrong)); !slices.Equal(found, []string{"its extended key usages are " + listed(usages)}) {
			t.Errorf("with the usages %v it fails %v", usages, found)
		}
	}
	if found := failures(Judge(h.secret(t), Expectation{Profile: ProfileLeaf, Now: noon})); !slices.Equal(found, []string{"the certificate signs no others"}) {
		t.Errorf("a CA as leaf fails %v", found)
	}
}

func TestUsagesAndNamesThatGoDoesNotKnowAreSeen(t *testing.T) {
	h := threeTiers(t)
	otherName := []byte{0x30, 0x0f, 0xa0, 0x0d, 0x06, 0x03, 0x2a, 0x03, 0x04, 0xa0, 0x06, 0x0c, 0x04, 'n', 'a', 'm', 'e'}
	leaf := issue(t, h.sub, "leaf", func(c *x509.Certificate) {
		c.IsCA, c.MaxPathLen, c.KeyUsage = false, 0, x509.KeyUsageDigitalSignature
		c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3, 4}}
		c.ExtraExtensions = []pkix.Extension{{Id: subjectAltNameOID, Value: otherName}}
	})
	facts := summarise(leaf.certificate)
	if !slices.Equal(facts.ExtendedKeyUsages, []string{"1.2.3.4"}) || !slices.Equal(facts.Names, []string{"a name with tag 0"}) {
		t.Errorf("%v %v", facts.ExtendedKeyUsages, facts.Names)
	}
}

func TestWithoutItsKeyACertificateIsJudgedAndTheChecksOfTheKeyAreReportedAsNotMade(t *testing.T) {
	h := threeTiers(t)
	secret := h.secret(t)
	secret.Key = nil
	if found := failures(Judge(secret, Expectation{Profile: ProfileIstioCA, Now: noon})); !slices.Equal(found, []string{ownKey, loads, workload, control}) {
		t.Errorf("a Secret that lost its key fails %v", found)
	}
	report := Judge(secret, Expectation{Profile: ProfileIstioCA, Now: noon, WithoutKey: true})
	var notMade []string
	for _, check := range report.Checks {
		if strings.HasPrefix(check.Detail, "not made: ") {
			notMade = append(notMade, check.Name)
		}
	}
	if !report.Holds || !slices.Equal(notMade, []string{ownKey, loads, workload, control}) {
		t.Errorf("holds: %t, not made: %v", report.Holds, notMade)
	}
	secret.Chain = pems(h.intermediate)
	if found := failures(Judge(secret, Expectation{Profile: ProfileIstioCA, Now: noon, WithoutKey: true})); !slices.Equal(found, []string{order, verifies}) {
		t.Errorf("without its issuer it fails %v", found)
	}
}

func TestPeopleSeeAListAndTheTrustTree(t *testing.T) {
	h := threeTiers(t)
	for _, chain := range [][]byte{pems(h.intermediate, h.sub), pems(h.intermediate, h.root, h.sub)} {
		secret := h.secret(t)
		secret.Chain = chain
		var out bytes.Buffer
		Judge(secret, Expectation{Profile: ProfileIstioCA, Now: noon}).Print(&out)
		_, tree, _ := strings.Cut(out.String(), "\n\n")
		lines := strings.Split(tree, "\n")
		for at, want := range map[int]string{0: "CN=root  (ca.crt)", 3: "└─ CN=sub  (tls.crt)", 6: "   └─ CN=intermediate  (tls.crt)"} {
			if lines[at] != want {
				t.Errorf("line %d is %q, not %q", at, lines[at], want)
			}
		}
	}
	secret := h.secret(t)
	secret.CA = pems(issue(t, nil, "another", nil))
	var out bytes.Buffer
	Judge(secret, Expectation{Profile: ProfileIstioCA, Now: noon}).Print(&out)
	for _, want := range []string{"✗ " + order, "✓ " + ownKey, "\nCN=sub  (tls.crt)", "\nCN=another  (ca.crt)", "This must not be used"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

func TestAPathLengthMayBeDemandedOrLeftOpen(t *testing.T) {
	h := threeTiers(t)
	open := issue(t, h.sub, "intermediate", nil)
	secret := Secret{pems(open, h.sub), pkcs8(t, open.key), pems(h.root)}
	for want, holds := range map[string]bool{"0": false, "1": false, "none": true, "any": true} {
		if report := Judge(secret, Expectation{Profile: ProfileIstioCA, PathLength: want, Now: noon}); report.Holds != holds {
			t.Errorf("--path-len %s: %v", want, failures(report))
		}
	}
}

func TestADirectoryAndASecretInJSONGiveTheSameVerdict(t *testing.T) {
	h := threeTiers(t)
	secret := h.secret(t)
	directory := t.TempDir()
	for name, text := range map[string][]byte{"tls.crt": secret.Chain, "tls.key": secret.Key, "ca.crt": secret.CA} {
		must(t, os.WriteFile(filepath.Join(directory, name), text, 0o600))
	}
	object, err := json.Marshal(map[string]any{
		"kind": "Secret", "data": map[string][]byte{"tls.crt": secret.Chain, "tls.key": secret.Key, "ca.crt": secret.CA},
	})
	must(t, err)
	at := "2026-11-22T12:00:00Z"
	var fromDirectory, fromJSON bytes.Buffer
	for out, args := range map[*bytes.Buffer][]string{&fromDirectory: {"--json", "--at", at, directory}, &fromJSON: {"--json", "--at", at, "-"}} {
		ok, err := run(args, bytes.NewReader(object), out, out)
		must(t, err)
		if !ok {
			t.Error(out.String())
		}
	}
	if fromDirectory.String() != fromJSON.String() {
		t.Errorf("%s\n%s", &fromDirectory, &fromJSON)
	}
	var report Report
	must(t, json.Unmarshal(fromJSON.Bytes(), &report))
	if *report.Leaf.PathLength != 0 || len(report.Intermediates) != 1 || report.Intermediates[0].PathLength != nil || report.Roots[0].Subject != "CN=root" {
		t.Errorf("%s", &fromJSON)
	}
	if strings.Contains(fromJSON.String(), "PRIVATE KEY") {
		t.Error("the report shows the key")
	}
}

func TestWrongArgumentsAreNamed(t *testing.T) {
	for want, args := range map[string][]string{
		"name one directory": {}, "--profile": {"--profile", "x", "."}, "--at": {"--at", "noon", "."}, "--path-len": {"--path-len", "-1", "."}, "no such file": {"/nonexistent"},
	} {
		var out bytes.Buffer
		if _, err := run(args, strings.NewReader(""), &out, &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if _, err := ReadSecret("-", strings.NewReader(`{"kind":"ConfigMap"}`)); err == nil || !strings.Contains(err.Error(), "ConfigMap") {
		t.Errorf("a ConfigMap: %v", err)
	}
}
