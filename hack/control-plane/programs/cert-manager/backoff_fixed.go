//go:build without_backoff

package main

import (
	"time"

	"github.com/cert-manager/cert-manager/pkg/controller"
	"github.com/spf13/pflag"
)

// Up to 1.20 the wait after a failed request is not for us to choose: the flags are taken and change nothing.
func addBackoffFlags(flags *pflag.FlagSet, _ *controller.ContextOptions) {
	flags.Duration("certificate-request-minimum-backoff-duration", time.Hour, "not known to this version")
	flags.Duration("certificate-request-maximum-backoff-duration", 32*time.Hour, "not known to this version")
}
