package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"strings"
)

// Report is everything that was checked, and the facts to draw a picture of the chain from. Leaf is nil when tls.crt
// holds nothing readable.
type Report struct {
	Profile       string    `json:"profile"`
	Holds         bool      `json:"holds"`
	Checks        []Check   `json:"checks"`
	Leaf          *Summary  `json:"leaf"`
	Intermediates []Summary `json:"intermediates"`
	Roots         []Summary `json:"roots"`

	tree []branch
}

// Check is one thing that has to hold, as a sentence; Detail says what was found, or what is wrong.
type Check struct {
	Name   string `json:"name"`
	Holds  bool   `json:"holds"`
	Detail string `json:"detail"`

	notMade bool
}

func (r *Report) add(check Check) {
	r.Checks = append(r.Checks, check)
	r.Holds = r.Holds && check.Holds
}

func (r *Report) describe(chain, roots []*x509.Certificate) {
	r.Intermediates, r.Roots = []Summary{}, []Summary{}
	for i, certificate := range chain {
		if summary := summarise(certificate); i == 0 {
			r.Leaf = &summary
		} else {
			r.Intermediates = append(r.Intermediates, summary)
		}
	}
	for _, root := range roots {
		r.Roots = append(r.Roots, summarise(root))
	}
	r.tree = trustTree(chain, roots)
}

// aside is the detail as it stands after the name: on the same line when all is well, and not at all where the name
// says it already.
func (c Check) aside() string {
	switch {
	case !c.Holds:
		return "\n    " + c.Detail
	case strings.HasSuffix(c.Name, " "+c.Detail):
		return ""
	default:
		return " — " + c.Detail
	}
}

// Print writes the report for people.
func (r Report) Print(out io.Writer) {
	held, failed, notMade := 0, 0, 0
	for _, check := range r.Checks {
		mark := "✓"
		switch {
		case check.notMade:
			mark = "–"
			notMade++
		case check.Holds:
			held++
		default:
			mark = "✗"
			failed++
		}
		fmt.Fprintf(out, "%s %s%s\n", mark, check.Name, check.aside())
	}
	fmt.Fprintln(out)
	printTree(out, r.tree)
	verdict := "This is what it has to be"
	if !r.Holds {
		verdict = "This must not be used"
	}
	fmt.Fprintf(out, "\n%s (%s): %d of %d checks hold", verdict, r.Profile, held, held+failed)
	if notMade > 0 {
		fmt.Fprintf(out, ", %d not made", notMade)
	}
	fmt.Fprintln(out, ".")
}
