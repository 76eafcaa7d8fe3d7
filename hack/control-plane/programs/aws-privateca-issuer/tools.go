//go:build tools

package tools

import _ "github.com/cert-manager/aws-privateca-issuer"
