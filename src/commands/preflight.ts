// `pca-issuer preflight`: what changes in this cluster when pca-issuer takes over from aws-privateca-issuer?
import { parseSettings, type Settings } from '../app/settings.ts';
import { leaseName } from '../kube/lease.ts';
import { countAll, judgeCluster } from '../preflight/judge-cluster.ts';
import { exitCodeOf, renderJson, renderPage, type Report } from '../preflight/page.ts';
import { readCluster } from '../preflight/read-cluster.ts';
import { systemClock } from '../runtime/clock.ts';
import { asksForHelp } from './asks-for-help.ts';
import { askThrough, reachCluster } from './reach-cluster.ts';

const help = `Says what changes when pca-issuer takes over from aws-privateca-issuer in this cluster. It only looks: lists and reads, no
Secret, no call to AWS. Run it from where you use kubectl, before you switch and again after it.

Usage: pca-issuer preflight [FLAGS]

  --kubeconfig FILE     the cluster; without it $KUBECONFIG, else ~/.kube/config, else the pod that it runs in
  --context NAME        another context of that file than the current one
  --output text|json    for people, or for programs  (text)

  How the controller will be started, so that what these allow is no finding (values of the chart in brackets):
  --issuer-ambient-credentials                  [enableIssuerAmbientCredentials]
  --cluster-issuer-ambient-credentials=false    [disableClusterIssuerAmbientCredentials]
  --default-template-overrides-is-ca            [defaultTemplateOverridesIsCA]

What it finds:
  - issuers that would not be Ready: Secrets of other namespaces, AWSPCAIssuers without credentials of their own, faulty specs
  - Certificates that would wait or fail: isCA against the issuer's template, issuers or kinds that do not exist, extensions
    that the template drops
  - requests that are stuck in Failed, with the command that frees each
  - cluster issuers that sign CA certificates for anybody
  - CRDs that lack fields, or that helm does not own; who runs, and who holds the lease

Its rights: config/samples/preflight-clusterrole.yaml. Exit codes: 0 nothing to do, 1 findings, 2 not all could be looked at.
The way there and back: docs/guides/migrate-from-aws-privateca-issuer.md`;

type Environment = Readonly<Record<string, string | undefined>>;

interface Options {
  readonly ok: true;
  readonly settings: Settings;
  readonly context: string | undefined;
  readonly output: 'text' | 'json';
}

/** @returns the exit code: 0 nothing to do, 1 findings, 2 not all could be looked at, or called wrongly. */
export async function runPreflight(args: readonly string[], environment: Environment = process.env): Promise<0 | 1 | 2> {
  if (asksForHelp(args)) {
    console.log(help);
    return 0;
  }
  const options = readOptions(args, environment);
  if (!options.ok) {
    for (const problem of options.problems) console.error(problem);
    return 2;
  }
  const report = await look(options, environment).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof report === 'string') {
    console.error(`this cluster could not be looked at: ${report}`);
    return 2;
  }
  const colours = process.stdout.isTTY && !environment['NO_COLOR'];
  console.log(options.output === 'json' ? renderJson(report) : renderPage(report, colours));
  return exitCodeOf(report);
}

function readOptions(args: readonly string[], environment: Environment): Options | { readonly ok: false; readonly problems: readonly string[] } {
  const own = new Map<string, string>();
  const others: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, name, inline] = /^--?(context|output)(?:=(.*))?$/.exec(arg) ?? [];
    if (name === undefined) others.push(arg);
    else own.set(name, inline ?? rest.shift() ?? '');
  }
  const parsed = parseSettings(others, environment);
  const [output = 'text', context] = [own.get('output'), own.get('context')];
  const problems = [...(parsed.ok ? [] : parsed.problems)];
  const form = output === 'text' || output === 'json' ? output : undefined;
  if (form === undefined) problems.push(`--output is "${output}"; write text or json`);
  if (context === '') problems.push('--context wants the name of a context');
  if (!parsed.ok || form === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: parsed.settings, context, output: form };
}

async function look({ settings, context }: Options, environment: Environment): Promise<Report> {
  const transport = reachCluster({ kubeconfig: settings.kubeconfig || undefined, context, command: 'preflight' }, environment);
  try {
    const { view, blind } = await readCluster(askThrough(transport), leaseName);
    const issuers = {
      allowsCluster: settings.clusterIssuerAmbientCredentials,
      allowsNamespaced: settings.issuerAmbientCredentials,
      overridesIsCA: settings.defaultTemplateOverridesIsCa,
      clusterName: settings.clusterName,
    };
    return { inventory: countAll(view), findings: judgeCluster(view, { issuers, leaseName, now: new Date(systemClock.now()) }), blind };
  } finally {
    await transport.close();
  }
}
