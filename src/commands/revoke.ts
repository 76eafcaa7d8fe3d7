// `pca-issuer revoke`: takes one certificate back at AWS, as the person who runs it.
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { makeRevocation, type Revocation } from '../aws/revocation.ts';
import { readAuthorityArn } from '../domain/authority.ts';
import type { Search } from '../revoke/find-target.ts';
import { readReason, reasons } from '../revoke/reasons.ts';
import { revoke, type Order, type RevokePorts } from '../revoke/revoke.ts';
import { systemClock } from '../runtime/clock.ts';
import { asksForHelp } from './asks-for-help.ts';
import { askThrough, reachCluster } from './reach-cluster.ts';

const help = `Revokes one certificate at AWS Private CA: finds it, proves with AWS that it is the one, shows what hangs from it, asks.

Usage: pca-issuer revoke WHICH [FLAGS]          installed as kubectl-pca: kubectl pca revoke WHICH [FLAGS]

  pca-issuer revoke --certificate cacerts -n istio-system --reason key-compromise --renew
  pca-issuer revoke --serial 4a:1b:… --ca arn:aws:acm-pca:…:certificate-authority/…

Which (one of them):
  --certificate NAME     what this Certificate has now
  --request NAME         what this CertificateRequest was given
  --secret NAME          the first certificate in tls.crt of this Secret
  --serial HEX           with --ca; needs no cluster
  --ca ARN               the CA, where the cluster does not tell: its issuer is gone, or names another CA by now
How:
  --reason WORD          ${reasons.slice(0, 4).map((each) => each.toLowerCase().replaceAll('_', '-')).join(', ')},
                         ${reasons.slice(4).map((each) => each.toLowerCase().replaceAll('_', '-')).join(', ')}  (unspecified)
  --renew                mark the Certificate for renewal in the same step, as cmctl renew does
  --yes                  do not ask
  --dry-run              show, and stop
Where:
  -n, --namespace NAME   (the one of istiod: istio-system)
  --context NAME, --kubeconfig FILE    as kubectl has them

It acts as you: AWS's default chain of credentials (AWS_PROFILE, SSO, …) and your kubeconfig, never the issuer's role.
  AWS          acm-pca:GetCertificate and acm-pca:RevokeCertificate on the CA; acm-pca:DescribeCertificateAuthority tells whether
               anybody outside can see the revocation
  Kubernetes   get on the object, list certificaterequests; list pods, issuers, certificates to show who hangs from it;
               patch certificates/status for --renew, create events (events.k8s.io)

Istio does not notice a revocation at AWS: it is the record, and what others who ask AWS act on. docs/guides/verify-and-revoke.md
tells what cuts a compromised cluster off.
Exit codes: 0 done, 1 not revoked (declined, refused) or not renewed, 2 it could not be found out what to revoke, or called wrongly.`;

type Environment = Readonly<Record<string, string | undefined>>;

interface Options {
  readonly order: Order;
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
}

/** @returns the exit code. */
export async function runRevoke(args: readonly string[], environment: Environment = process.env): Promise<0 | 1 | 2> {
  if (asksForHelp(args)) {
    console.log(help);
    return 0;
  }
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(`${options}\npca-issuer revoke --help tells the flags.`);
    return 2;
  }
  if (!options.order.isConfirmed && !options.order.isDryRun && !process.stdin.isTTY) {
    console.error('There is no terminal to ask on; say --yes, or --dry-run to see what would be revoked.');
    return 2;
  }
  const stage = openStage(options, environment);
  if (typeof stage === 'string') {
    console.error(stage);
    return 2;
  }
  try {
    return await revoke(stage.ports, options.order);
  } finally {
    await stage.close();
  }
}

/** @returns what is wrong with the arguments. */
export function readOptions(args: readonly string[]): Options | string {
  const one = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        certificate: one, request: one, secret: one, serial: one, ca: one, reason: one, context: one, kubeconfig: one,
        namespace: { type: 'string', short: 'n' }, renew: flag, yes: flag, 'dry-run': flag,
      },
    });
    const which = (['certificate', 'request', 'secret', 'serial'] as const).filter((name) => values[name] !== undefined);
    const [kind] = which;
    if (kind === undefined || which.length > 1) return 'name one of --certificate, --request, --secret and --serial';
    const reason = readReason(values.reason ?? 'UNSPECIFIED');
    if (reason === undefined) return `--reason is "${values.reason}"; write ${reasons.join(', ')}`;
    if (values.ca !== undefined && readAuthorityArn(values.ca) === undefined) return `--ca is "${values.ca}", which is no ARN of a private CA`;
    const serial = values.serial?.replaceAll(':', '').toLowerCase();
    if (serial !== undefined && !/^[0-9a-f]{1,64}$/.test(serial)) return `--serial is "${values.serial}"; write it in hex, with or without colons`;
    if (serial !== undefined && values.ca === undefined) return '--serial wants --ca: a serial number is one of a CA';
    const search: Search | undefined = kind === 'serial' ? undefined : { kind, namespace: values.namespace ?? 'istio-system', name: values[kind] ?? '' };
    const order = { search, serial, authorityArn: values.ca, reason, isConfirmed: values.yes ?? false, isRenewed: values.renew ?? false, isDryRun: values['dry-run'] ?? false };
    return { order, context: values.context, kubeconfig: values.kubeconfig };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface Stage {
  readonly ports: RevokePorts;
  close(): Promise<void>;
}

/** @returns why the cluster cannot be reached; without a search none is needed. */
function openStage({ order, context, kubeconfig }: Options, environment: Environment): Stage | string {
  const { signal } = new AbortController();
  const authorities = new Map<string, Revocation>();
  let transport: ReturnType<typeof reachCluster> | undefined;
  try {
    if (order.search !== undefined) transport = reachCluster({ kubeconfig, context, command: 'revoke' }, environment);
  } catch (error) {
    return `the cluster cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  }
  const at = (authority: Parameters<RevokePorts['authority']>[0]): Revocation => {
    const known = authorities.get(authority.arn) ?? makeRevocation(authority, { clock: systemClock, environment, version: process.env['PCA_ISSUER_VERSION'] ?? 'development' });
    authorities.set(authority.arn, known);
    return known;
  };
  return {
    ports: {
      ask: transport === undefined ? async () => 'absent' : askThrough(transport),
      write: async ({ method, path, body }) => {
        if (transport === undefined) throw new Error('nothing is written where no cluster was asked');
        const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
        return await transport.request({ method, path, body, contentType, signal });
      },
      authority: (arn) => {
        const authority = at(arn);
        return { find: (serial) => authority.find(serial, signal), revoke: (serial, reason) => authority.revoke(serial, reason, signal), lists: () => authority.lists(signal) };
      },
      confirm,
      say: (line) => console.log(line),
      complain: (line) => console.error(line),
      now: new Date(systemClock.now()),
    },
    close: async () => {
      for (const authority of authorities.values()) authority.close();
      await transport?.close();
    },
  };
}

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`\n${question}`)).trim() === 'yes';
  } finally {
    terminal.close();
  }
}
