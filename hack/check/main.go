// Command check judges the Secret of a certificate with crypto/x509, the way that istiod and every Go program will see
// it. It shares no code with what it judges.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

const usage = `check judges a Secret that cert-manager wrote.

  check [flags] DIR    DIR holds tls.crt, tls.key and ca.crt
  check [flags] -      a Secret as JSON on standard input (kubectl get secret cacerts -o json | check -)

Exit code 0 when all checks hold, 1 when one fails, 2 for wrong arguments or unreadable input.

`

func main() {
	ok, err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "check: %v\n", err)
		os.Exit(2)
	case !ok:
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (bool, error) {
	expected := Expectation{Now: time.Now()}
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&expected.Profile, "profile", ProfileIstioCA, "what it has to be: istio-ca (a signing CA for istiod) or leaf")
	flags.StringVar(&expected.PathLength, "path-len", "", "the path length of a CA: a number, none, or any (istio-ca has 0 unless told)")
	flags.Var((*list)(&expected.ExtendedKeyUsages), "extended-key-usage", "an extended key usage by cert-manager's name or OID; repeat it for more, \"\" for none; others must not be there (istio-ca has none unless told)")
	flags.Var((*list)(&expected.Names), "name", "a subject alternative name (DNS, URI, IP, email); repeat it for more, \"\" for none; others must not be there")
	flags.BoolVar(&expected.WithoutKey, "without-key", false, "tls.key stays with its maker (the result of a CertificateRequest): checks that need it are not made")
	renewedFrom := flags.String("renewed-from", "", "the Secret before its renewal (DIR, or a FILE with its JSON): ca.crt must be byte-equal, the leaf another")
	at := flags.String("at", "", "judge as of this time (RFC 3339) instead of now")
	asJSON := flags.Bool("json", false, "print checks and facts as JSON")
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if flags.NArg() != 1 {
		return false, errors.New("name one directory, or - for a Secret's JSON on standard input (see --help)")
	}
	if expected.Profile != ProfileIstioCA && expected.Profile != ProfileLeaf {
		return false, fmt.Errorf("--profile %q: use istio-ca or leaf", expected.Profile)
	}
	if length, err := strconv.Atoi(expected.PathLength); expected.PathLength != "" && expected.PathLength != "none" && expected.PathLength != "any" && (err != nil || length < 0) {
		return false, fmt.Errorf("--path-len %q: use a number, none or any", expected.PathLength)
	}
	if *at != "" {
		var err error
		if expected.Now, err = time.Parse(time.RFC3339, *at); err != nil {
			return false, fmt.Errorf("--at %q: write it like 2026-01-31T12:00:00Z", *at)
		}
	}
	secret, err := ReadSecret(flags.Arg(0), stdin)
	if err != nil {
		return false, err
	}
	if *renewedFrom != "" {
		before, err := ReadSecret(*renewedFrom, nil)
		if err != nil {
			return false, fmt.Errorf("--renewed-from: %w", err)
		}
		expected.Before = &before
	}
	report := Judge(secret, expected)
	if *asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return report.Holds, encoder.Encode(report)
	}
	report.Print(stdout)
	return report.Holds, nil
}

// list collects a flag that may be repeated; an empty value is the empty list, which differs from no list.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	if value == "" {
		*l = list{}
	} else {
		*l = append(*l, value)
	}
	return nil
}
