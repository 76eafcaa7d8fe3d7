package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"

	"github.com/cert-manager/cert-manager/pkg/controller"
	logf "github.com/cert-manager/cert-manager/pkg/logs"
	"github.com/cert-manager/cert-manager/pkg/util/feature"

	_ "github.com/cert-manager/cert-manager/internal/controller/feature"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/approver"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/ca"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificaterequests/selfsigned"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/issuing"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/keymanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/readiness"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/requestmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/revisionmanager"
	_ "github.com/cert-manager/cert-manager/pkg/controller/certificates/trigger"
	_ "github.com/cert-manager/cert-manager/pkg/controller/clusterissuers"
	_ "github.com/cert-manager/cert-manager/pkg/controller/issuers"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/ca"
	_ "github.com/cert-manager/cert-manager/pkg/issuer/selfsigned"
)

// What a Certificate's annotations hand on to its requests when the chart's
// default stands: everything but what deployment tools write for themselves.
var copiedAnnotationPrefixes = []string{"*", "-kubectl.kubernetes.io/", "-fluxcd.io/", "-argocd.argoproj.io/"}

func runController(ctx context.Context, args []string) error {
	options := controller.ContextOptions{KubernetesAPIQPS: 100, KubernetesAPIBurst: 200}
	var healthPort, workers int
	flags := pflag.NewFlagSet("controller", pflag.ContinueOnError)
	flags.StringVar(&options.Kubeconfig, "kubeconfig", "", "kubeconfig of the ServiceAccount to run under")
	flags.IntVar(&healthPort, "health-port", 0, "loopback port of /livez and /readyz")
	flags.IntVar(&workers, "concurrent-workers", 5, "workers of each controller")
	flags.StringVar(&options.ClusterResourceNamespace, "cluster-resource-namespace", "cert-manager", "where ClusterIssuers find their Secrets")
	addBackoffFlags(flags, &options)
	flags.BoolVar(&options.EnableOwnerRef, "enable-certificate-owner-ref", false, "delete a Secret with its Certificate")
	flags.StringSliceVar(&options.CopiedAnnotationPrefixes, "copied-annotation-prefixes", copiedAnnotationPrefixes, "annotations that a Certificate hands on to its requests")
	feature.DefaultMutableFeatureGate.AddFlag(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}

	group, ctx := errgroup.WithContext(ctx)
	factory, err := controller.NewContextFactory(ctx, options)
	if err != nil {
		return err
	}
	shared, err := factory.Build()
	if err != nil {
		return err
	}

	controllers := map[string]controller.Interface{}
	for name, build := range controller.Known() {
		if controllers[name], err = build(factory); err != nil {
			return fmt.Errorf("controller %s cannot start: %w", name, err)
		}
	}
	shared.KubeSharedInformerFactory.Start(ctx.Done())
	shared.SharedInformerFactory.Start(ctx.Done())

	var ready atomic.Bool
	if err := serveHealth(ctx, group, healthPort, &ready); err != nil {
		return err
	}
	for name, each := range controllers {
		group.Go(func() error {
			logf.FromContext(ctx).Info("controller starts", "controller", name)
			return each.Run(workers, logf.NewContext(ctx, logf.FromContext(ctx), name))
		})
	}
	group.Go(func() error {
		shared.KubeSharedInformerFactory.WaitForCacheSync(ctx.Done())
		shared.SharedInformerFactory.WaitForCacheSync(ctx.Done())
		ready.Store(ctx.Err() == nil)
		logf.FromContext(ctx).Info("caches are filled, all controllers run")
		return nil
	})
	return group.Wait()
}

// serveHealth answers /livez always and /readyz once the caches are filled.
func serveHealth(ctx context.Context, group *errgroup.Group, port int, ready *atomic.Bool) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	group.Go(func() error {
		if err := server.Serve(listener); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	return nil
}
