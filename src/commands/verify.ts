// `pca-issuer verify`: what will istiod, and the other clusters, make of this `cacerts`?
import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseGoDuration } from '../domain/duration.ts';
import { systemClock } from '../runtime/clock.ts';
import { renderHtmlPage } from '../verify/html-page.ts';
import { renderJson } from '../verify/json-page.ts';
import type { ClusterInput } from '../verify/look-at-secret.ts';
import { readSecret, type Look, type SecretPlace } from '../verify/read-secret.ts';
import { exitCodeOf, verifyClusters, type Report } from '../verify/report.ts';
import { classicKeys } from '../verify/secret-files.ts';
import { renderTerminalPage } from '../verify/terminal-page.ts';
import { asksForHelp } from './asks-for-help.ts';
import { askThrough, reachCluster } from './reach-cluster.ts';

const help = `Proves that istiod and the other clusters can work with a \`cacerts\`, or says what is wrong with it. It only looks: it reads
one Secret, one ConfigMap and one Certificate in each cluster, by name. No private key is printed or leaves this process.

Usage: pca-issuer verify [FLAGS]          installed as kubectl-pca: kubectl pca verify [FLAGS]

  pca-issuer verify --context a --context b          two clusters, and whether they accept each other
  pca-issuer verify --dir a=./a --dir b=./b          the same from files: tls.crt, tls.key and ca.crt in each directory
  pca-issuer verify --context a --output html > trust.html

Where to look:
  --context NAME         a context of the kubeconfig; repeat it for more clusters  (the current one)
  --kubeconfig FILE      without it $KUBECONFIG, else ~/.kube/config, else the pod that it runs in
  -n, --namespace NAME   of the Secret  (istio-system)
  --secret NAME          (cacerts)
  --dir [NAME=]DIR       files in place of a cluster; repeat it, and mix it with --context
What to measure by:
  --workload-ttl 24h     how long workload certificates last: istiod's DEFAULT_WORKLOAD_CERT_TTL
  --renew-before 720h    how long before its end the certificate is renewed  (as the Certificate's status says)
  --trust-domain NAME    of the mesh, for CAs with name constraints  (cluster.local)
  --multi-root           a root is being changed: several roots in ca.crt are meant
How to say it:
  --output text|json|html   for people, for programs, or as one page with the trust tree and a timeline  (text)
  NO_COLOR                  set to anything: no colours; without a terminal there are none either

What it proves for each cluster:
  format     canonical PEM, every newline in its place: istiod compares ca.crt byte for byte at a renewal
  key        readable as istiod reads it, of a strength that proxies take, and the intermediate's own
  chain      in order and complete up to a self-signed root; CA flag, key usage, path length, algorithms
  roots      roots only, the right one, each once: a subordinate in ca.crt looks healthy until it is rotated
  dates      everything on the way holds for as long as a workload certificate lasts; the renewal is not overdue
  around it  leftovers of a former \`cacerts\`; istio-ca-root-cert hands out the same roots
and between clusters: that a workload certificate, made in memory with one cluster's key, is accepted under the other's
roots and refused under a strange one; that no two clusters share an intermediate or a key.

✗ is an error, ▲ a warning: it works, and wants a decision. Each has a name, a sentence and a way out.
Exit codes: 0 good, 1 an error was found, 2 not everything could be looked at, or called wrongly.
Its rights, and a Job that runs it in the cluster: config/samples/verify-job.yaml. The guide: docs/guides/verify-and-revoke.md`;

type Environment = Readonly<Record<string, string | undefined>>;

interface Options {
  readonly contexts: readonly (string | undefined)[];
  readonly kubeconfig: string | undefined;
  readonly place: SecretPlace;
  readonly directories: readonly { readonly name: string; readonly path: string }[];
  readonly workloadTtlMs: number;
  readonly renewBeforeMs: number | undefined;
  readonly isMultiRoot: boolean;
  readonly trustDomain: string;
  readonly output: 'text' | 'json' | 'html';
}

/** @returns the exit code: 0 good, 1 an error was found, 2 not everything could be looked at, or called wrongly. */
export async function runVerify(args: readonly string[], environment: Environment = process.env): Promise<0 | 1 | 2> {
  if (asksForHelp(args)) {
    console.log(help);
    return 0;
  }
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(`${options}\npca-issuer verify --help tells the flags.`);
    return 2;
  }
  const looks = [...(await Promise.all(options.contexts.map((context) => lookAtCluster(options, context, environment)))), ...options.directories.map(lookAtDirectory)];
  const inputs = looks.flatMap((look) => (look.kind === 'seen' ? [withRenewBefore(look.input, options)] : []));
  const notes = looks.flatMap((look) => (look.kind === 'seen' ? look.notes : [look.why]));
  for (const note of notes) console.error(note);
  if (inputs.length === 0) return 2;
  const report = verifyClusters(inputs, { ...options, now: new Date(systemClock.now()) });
  console.log(render(report, options.output, process.stdout.isTTY && !environment['NO_COLOR']));
  if (inputs.length < looks.length) return 2;
  // Good as far as it was seen is not good: a Job has to say so.
  return exitCodeOf(report) === 0 && notes.length > 0 ? 2 : exitCodeOf(report);
}

function render(report: Report, output: Options['output'], hasColours: boolean): string {
  if (output === 'json') return renderJson(report);
  return output === 'html' ? renderHtmlPage(report) : renderTerminalPage(report, hasColours);
}

/** @returns what is wrong with the arguments. */
function readOptions(args: readonly string[]): Options | string {
  const many = { type: 'string', multiple: true } as const;
  const one = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { context: many, dir: many, kubeconfig: one, namespace: { type: 'string', short: 'n' }, secret: one, 'workload-ttl': one, 'renew-before': one, 'multi-root': { type: 'boolean' }, 'trust-domain': one, output: one },
    });
    const { output = 'text', context = [], dir = [] } = values;
    if (output !== 'text' && output !== 'json' && output !== 'html') return `--output is "${output}"; write text, json or html`;
    const workloadTtlMs = parseGoDuration(values['workload-ttl'] ?? '24h');
    const renewBeforeMs = parseGoDuration(values['renew-before'] ?? '0');
    if (workloadTtlMs === undefined || renewBeforeMs === undefined) return '--workload-ttl and --renew-before want a duration such as 24h';
    const directories = dir.map(readDirectory);
    const names = [...context, ...directories.map(({ name }) => name)];
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) return `"${twice}" is named twice; give a directory a name of its own: --dir NAME=DIR`;
    return {
      contexts: context.length === 0 && dir.length === 0 ? [undefined] : context,
      kubeconfig: values.kubeconfig,
      place: { namespace: values.namespace ?? 'istio-system', name: values.secret ?? 'cacerts' },
      directories,
      workloadTtlMs,
      renewBeforeMs: values['renew-before'] === undefined ? undefined : renewBeforeMs,
      isMultiRoot: values['multi-root'] ?? false,
      trustDomain: values['trust-domain'] ?? 'cluster.local',
      output,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readDirectory(text: string): { readonly name: string; readonly path: string } {
  const [, name, path] = /^([^=/]+)=(.+)$/.exec(text) ?? [];
  return name === undefined || path === undefined ? { name: basename(resolve(text)), path: text } : { name, path };
}

function withRenewBefore(input: ClusterInput, { renewBeforeMs }: Options): ClusterInput {
  return renewBeforeMs === undefined ? input : { ...input, renewBeforeMs };
}

async function lookAtCluster({ kubeconfig, place }: Options, context: string | undefined, environment: Environment): Promise<Look> {
  const name = context ?? 'this cluster';
  try {
    const transport = reachCluster({ kubeconfig, context, command: 'verify' }, environment);
    try {
      return await readSecret(askThrough(transport), name, place);
    } finally {
      await transport.close();
    }
  } catch (error) {
    return { kind: 'blind', why: `${name} cannot be reached: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The files as a Secret volume has them, or `kubectl get secret` wrote them. */
const fileNames = ['tls.crt', 'tls.key', 'ca.crt', ...classicKeys, 'ca-crl.pem', 'istio-generated'] as const;

function lookAtDirectory({ name, path }: { readonly name: string; readonly path: string }): Look {
  try {
    if (!statSync(path).isDirectory()) return { kind: 'blind', why: `${name}: ${path} is no directory` };
    const read = fileNames.flatMap((file) => readIfThere(join(path, file)).map((text) => [file, text] as const));
    if (read.length === 0) return { kind: 'blind', why: `${name}: ${path} holds no tls.crt, tls.key or ca.crt` };
    return { kind: 'seen', notes: [], input: { name, data: Object.fromEntries(read), handedOut: [], renewBeforeMs: undefined } };
  } catch (error) {
    return { kind: 'blind', why: `${name} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readIfThere(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'latin1')];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
