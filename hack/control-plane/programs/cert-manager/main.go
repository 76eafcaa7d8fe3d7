// Command cert-manager runs cert-manager's controllers or its webhook as a host
// process: the upstream binaries live in modules that cannot be fetched, their
// code in the root module can. The module path lies under cert-manager's own,
// because the webhook server is an internal package of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"k8s.io/klog/v2"

	logf "github.com/cert-manager/cert-manager/pkg/logs"
)

const usage = `cert-manager runs one part of cert-manager as a host process.

  cert-manager controller --kubeconfig FILE --health-port PORT [flags]
  cert-manager webhook --kubeconfig FILE --secure-port PORT --healthz-port PORT --tls-cert-file FILE --tls-private-key-file FILE [flags]

Each part lists its flags with --help.
`

func main() {
	parts := map[string]func(context.Context, []string) error{
		"controller": runController,
		"webhook":    runWebhook,
	}
	if len(os.Args) < 2 || parts[os.Args[1]] == nil {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	logf.InitLogs()
	defer logf.FlushLogs()
	log := klog.Background().WithName(os.Args[1])

	err := parts[os.Args[1]](logf.NewContext(ctx, log), os.Args[2:])
	if errors.Is(err, pflag.ErrHelp) {
		return
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		log.Error(err, "stopped")
		logf.FlushLogs()
		os.Exit(1)
	}
}
