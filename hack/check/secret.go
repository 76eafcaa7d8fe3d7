package main

import (
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Secret is what cert-manager wrote, byte for byte.
type Secret struct {
	Chain []byte // tls.crt
	Key   []byte // tls.key
	CA    []byte // ca.crt
}

// ReadSecret reads a directory with tls.crt, tls.key and ca.crt, a file with a Secret's JSON, or that JSON from stdin
// when the path is "-". Missing keys are left empty; judging them is not the reader's work.
func ReadSecret(path string, stdin io.Reader) (Secret, error) {
	if path == "-" {
		if stdin == nil {
			return Secret{}, errors.New("only one Secret can come from standard input")
		}
		text, err := io.ReadAll(stdin)
		if err != nil {
			return Secret{}, err
		}
		return parseSecret(text)
	}
	info, err := os.Stat(path)
	if err != nil {
		return Secret{}, err
	}
	if !info.IsDir() {
		text, err := os.ReadFile(path)
		if err != nil {
			return Secret{}, err
		}
		return parseSecret(text)
	}
	var secret Secret
	for name, into := range map[string]*[]byte{"tls.crt": &secret.Chain, "tls.key": &secret.Key, "ca.crt": &secret.CA} {
		if *into, err = os.ReadFile(filepath.Join(path, name)); err != nil && !os.IsNotExist(err) {
			return Secret{}, err
		}
	}
	return secret, nil
}

func parseSecret(text []byte) (Secret, error) {
	var object struct {
		Kind string            `json:"kind"`
		Data map[string][]byte `json:"data"`
	}
	if err := json.Unmarshal(text, &object); err != nil {
		return Secret{}, fmt.Errorf("this is no Secret in JSON: %w", err)
	}
	if object.Kind != "" && object.Kind != "Secret" {
		return Secret{}, fmt.Errorf("this is a %s, not a Secret", object.Kind)
	}
	return Secret{Chain: object.Data["tls.crt"], Key: object.Data["tls.key"], CA: object.Data["ca.crt"]}, nil
}

// parseCertificates reads every block that a tolerant PEM reader finds. It fails when there is none.
func parseCertificates(file string, text []byte) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return found, fmt.Errorf("block %d of %s is no certificate: %w", len(found)+1, file, err)
		}
		found = append(found, certificate)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return found, nil
}

// canonical says what is wrong with the bytes around the certificates: a canonical file is what encoding its
// certificates again gives, that is 64 columns, LF, one final newline and nothing before, between or after.
func canonical(text []byte) (string, error) {
	if len(text) == 0 {
		return "", errors.New("it is empty or missing")
	}
	var again bytes.Buffer
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return "", fmt.Errorf("it contains a block of type %q", block.Type)
		}
		if len(block.Headers) > 0 {
			return "", errors.New("a block has headers")
		}
		if err := pem.Encode(&again, block); err != nil {
			return "", err
		}
	}
	switch {
	case bytes.Equal(text, again.Bytes()):
		return fmt.Sprintf("%d bytes", len(text)), nil
	case bytes.ContainsRune(text, '\r'):
		return "", errors.New("it contains carriage returns")
	case text[len(text)-1] != '\n':
		return "", errors.New("its final newline is missing")
	case bytes.HasSuffix(text, []byte("\n\n")):
		return "", errors.New("it ends in more than one newline")
	default:
		return "", errors.New("encoding its certificates again gives other bytes (text between blocks, another line width, or a block that cannot be read)")
	}
}
