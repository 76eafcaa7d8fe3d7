package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// branch is a certificate at its place: how many issuers stand above it, and in which file it lies.
type branch struct {
	certificate *x509.Certificate
	height      int
	place       string
}

// trustTree follows the signatures from the leaf upwards, whatever the order of the files, and lists it from the top
// downwards. Certificates that are not on that way come after it, at height 0.
func trustTree(chain, roots []*x509.Certificate) []branch {
	if len(chain) == 0 {
		return nil
	}
	all := slices.Concat(chain, roots)
	way := []*x509.Certificate{chain[0]}
	for last := chain[0]; !isSelfSigned(last); {
		issuer := issuerAmong(all, last)
		if issuer == nil || slices.Contains(way, issuer) {
			break
		}
		way = append(way, issuer)
		last = issuer
	}
	slices.Reverse(way)
	place := func(c *x509.Certificate) string {
		if slices.ContainsFunc(roots, c.Equal) {
			return "ca.crt"
		}
		return "tls.crt"
	}
	var tree []branch
	for height, certificate := range way {
		tree = append(tree, branch{certificate, height, place(certificate)})
	}
	for _, certificate := range all {
		if !slices.ContainsFunc(way, certificate.Equal) {
			tree = append(tree, branch{certificate, 0, place(certificate)})
		}
	}
	return tree
}

func printTree(out io.Writer, tree []branch) {
	for _, each := range tree {
		margin := strings.Repeat("   ", each.height)
		arm := margin
		if each.height > 0 {
			arm = margin[3:] + "└─ "
		}
		c := summarise(each.certificate)
		fmt.Fprintf(out, "%s%s  (%s)\n", arm, name(each.certificate), each.place)
		fmt.Fprintf(out, "%s   %s, %s, %s to %s\n", margin, c.KeyAlgorithm, kind(c), c.NotBefore.Format(time.DateTime), c.NotAfter.Format(time.DateTime))
		fmt.Fprintf(out, "%s   SHA-256 %s\n", margin, c.SHA256)
	}
}

func kind(c Summary) string {
	switch {
	case !c.IsCA:
		return "no CA"
	case c.PathLength == nil:
		return "CA, any path length"
	default:
		return fmt.Sprintf("CA, path length %d", *c.PathLength)
	}
}
