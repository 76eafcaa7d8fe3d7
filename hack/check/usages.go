package main

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// The usages of a certificate by the names that a Certificate's spec.usages has for them.
var keyUsages = []struct {
	name string
	bit  x509.KeyUsage
}{
	{"digital signature", x509.KeyUsageDigitalSignature},
	{"content commitment", x509.KeyUsageContentCommitment},
	{"key encipherment", x509.KeyUsageKeyEncipherment},
	{"data encipherment", x509.KeyUsageDataEncipherment},
	{"key agreement", x509.KeyUsageKeyAgreement},
	{"cert sign", x509.KeyUsageCertSign},
	{"crl sign", x509.KeyUsageCRLSign},
	{"encipher only", x509.KeyUsageEncipherOnly},
	{"decipher only", x509.KeyUsageDecipherOnly},
}

var extendedKeyUsages = map[string]string{
	"2.5.29.37.0":            "any",
	"1.3.6.1.5.5.7.3.1":      "server auth",
	"1.3.6.1.5.5.7.3.2":      "client auth",
	"1.3.6.1.5.5.7.3.3":      "code signing",
	"1.3.6.1.5.5.7.3.4":      "email protection",
	"1.3.6.1.5.5.7.3.5":      "ipsec end system",
	"1.3.6.1.5.5.7.3.6":      "ipsec tunnel",
	"1.3.6.1.5.5.7.3.7":      "ipsec user",
	"1.3.6.1.5.5.7.3.8":      "timestamping",
	"1.3.6.1.5.5.7.3.9":      "ocsp signing",
	"1.3.6.1.4.1.311.10.3.3": "microsoft sgc",
	"2.16.840.1.113730.4.1":  "netscape sgc",
}

var (
	extendedKeyUsageOID = asn1.ObjectIdentifier{2, 5, 29, 37}
	subjectAltNameOID   = asn1.ObjectIdentifier{2, 5, 29, 17}
)

func keyUsagesOf(c *x509.Certificate) []string {
	names := []string{}
	for _, usage := range keyUsages {
		if c.KeyUsage&usage.bit != 0 {
			names = append(names, usage.name)
		}
	}
	return names
}

// extendedKeyUsagesOf reads the extension itself, so that no usage is missed because Go has no name for it.
func extendedKeyUsagesOf(c *x509.Certificate) []string {
	names := []string{}
	var oids []asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(extension(c, extendedKeyUsageOID), &oids); err != nil {
		return names
	}
	for _, oid := range oids {
		names = append(names, oid.String())
	}
	return extendedKeyUsageNames(names)
}

// extendedKeyUsageNames puts names in the place of the OIDs that have one.
func extendedKeyUsageNames(namesOrOIDs []string) []string {
	names := slices.Clone(namesOrOIDs)
	for i, each := range names {
		if known := extendedKeyUsages[each]; known != "" {
			names[i] = known
		}
	}
	return names
}

// namesOf lists the subject alternative names; those of a kind that Go does not read are there by their tag.
func namesOf(c *x509.Certificate) []string {
	names := append([]string{}, c.DNSNames...)
	for _, uri := range c.URIs {
		names = append(names, uri.String())
	}
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	names = append(names, c.EmailAddresses...)
	var all []asn1.RawValue
	if _, err := asn1.Unmarshal(extension(c, subjectAltNameOID), &all); err != nil {
		return names
	}
	for _, each := range all {
		if !slices.Contains([]int{1, 2, 6, 7}, each.Tag) {
			names = append(names, fmt.Sprintf("a name with tag %d", each.Tag))
		}
	}
	return names
}

func extension(c *x509.Certificate, oid asn1.ObjectIdentifier) []byte {
	for _, each := range c.Extensions {
		if each.Id.Equal(oid) {
			return each.Value
		}
	}
	return nil
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
