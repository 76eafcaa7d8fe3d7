// The one table of flags: it parses them, prints --help, and is what docs and chart are tested against.
import { parseGoDuration } from '../domain/duration.ts';

export interface Settings {
  readonly kubeconfig: string;
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly leaderElect: boolean;
  readonly leaderElectionNamespace: string;
  readonly clusterName: string;
  /** Empty: all of them. */
  readonly watchNamespaces: readonly string[];
  readonly disableApprovedCheck: boolean;
  readonly clusterIssuerAmbientCredentials: boolean;
  readonly issuerAmbientCredentials: boolean;
  readonly defaultTemplateOverridesIsCa: boolean;
  /** Milliseconds. */
  readonly defaultDuration: number;
  readonly maxAwsCallsInFlight: number;
  /** Calls a second, for each account and region. */
  readonly awsIssueRate: number;
  readonly awsGetRate: number;
  readonly awsDescribeRate: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'text';
}

interface Row<T> {
  readonly default: string;
  /** What a value looks like, for --help. */
  readonly form: string;
  readonly doc: string;
  /** @returns undefined where `text` is no such value. */
  readonly read: (text: string) => T | undefined;
}

const truths: Readonly<Record<string, boolean>> = { '1': true, t: true, true: true, '0': false, f: false, false: false };
const readBoolean = (text: string): boolean | undefined => truths[text.toLowerCase()];
const readText = (text: string): string => text;
const readNamespaces = (text: string): readonly string[] | undefined => {
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  return names.every((name) => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) ? [...new Set(names)] : undefined;
};
/** What a session name admits. */
const readClusterName = (text: string): string | undefined => (/^[\w.-]{0,100}$/.test(text) ? text : undefined);
const readAddress = (text: string): string | undefined => (text === '0' || /^(\S*):\d{1,5}$/.test(text) ? text : undefined);
const readDuration = (text: string): number | undefined => {
  const ms = parseGoDuration(text);
  return ms !== undefined && ms >= 60_000 ? ms : undefined;
};
const readCount = (text: string): number | undefined => (/^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined);
const readRate = (text: string): number | undefined => (/^\d{1,4}(\.\d{1,3})?$/.test(text) && Number(text) > 0 ? Number(text) : undefined);
const oneOf = <T extends string>(...words: readonly T[]) => (text: string): T | undefined => words.find((word) => word === text);

/** Keys are flags in camel case; `--metrics-bind-address` is metricsBindAddress, its variable PCA_ISSUER_METRICS_BIND_ADDRESS. */
export const table: { readonly [K in keyof Settings]: Row<Settings[K]> } = {
  kubeconfig: { default: '', form: 'FILE', read: readText, doc: 'How to reach the API server; without it the pod\'s own ServiceAccount is used.' },
  metricsBindAddress: { default: ':8080', form: 'HOST:PORT', read: readAddress, doc: 'Where /metrics is served; 0 switches it off.' },
  healthProbeBindAddress: { default: ':8081', form: 'HOST:PORT', read: readAddress, doc: 'Where /healthz, /livez and /readyz are served; 0 switches them off.' },
  leaderElect: { default: 'false', form: 'BOOL', read: readBoolean, doc: 'Of several replicas only the holder of the Lease b858308c.awspca.cert-manager.io works; one that loses it ends.' },
  leaderElectionNamespace: { default: '', form: 'NAMESPACE', read: readText, doc: 'Where that Lease is; without it the pod\'s own namespace, outside of a pod `default`.' },
  clusterName: { default: '', form: 'NAME', read: readClusterName, doc: 'How AWS\'s audit log calls this cluster, in session names and user agents, beside the issuer that asked.' },
  watchNamespaces: { default: '', form: 'NAMESPACES', read: readNamespaces, doc: 'Comma-separated; only CertificateRequests and AWSPCAIssuers of these namespaces are read and served, so that Roles in them are enough for both. AWSPCAClusterIssuers need a ClusterRole as ever. Without it every namespace is served.' },
  disableApprovedCheck: { default: 'false', form: 'BOOL', read: readBoolean, doc: 'Sign requests that nobody approved.' },
  clusterIssuerAmbientCredentials: { default: 'true', form: 'BOOL', read: readBoolean, doc: 'An AWSPCAClusterIssuer without secretRef uses the AWS credentials of this process.' },
  issuerAmbientCredentials: { default: 'false', form: 'BOOL', read: readBoolean, doc: 'An AWSPCAIssuer without secretRef uses the AWS credentials of this process.' },
  defaultTemplateOverridesIsCa: { default: 'false', form: 'BOOL', read: readBoolean, doc: 'spec.pcaTemplate.defaultTemplateName wins over isCA of a request, as in aws-privateca-issuer; an issuer\'s pcaTemplate.overrideIsCA wins over this.' },
  defaultDuration: { default: '720h', form: 'DURATION', read: readDuration, doc: 'For requests that name no duration; at least 1m.' },
  maxAwsCallsInFlight: { default: '32', form: 'COUNT', read: readCount, doc: 'Requests that are worked on at once, each with at most one call to AWS; one that has had no answer for a second counts no more. One issuer gets three quarters of them at most.' },
  awsIssueRate: { default: '20', form: 'PER-SECOND', read: readRate, doc: 'IssueCertificate calls a second that each AWS account and region gets at first; climbs by a quarter at most (AWS: 25), and falls when AWS throttles.' },
  awsGetRate: { default: '60', form: 'PER-SECOND', read: readRate, doc: 'The same for GetCertificate (AWS: 75).' },
  awsDescribeRate: { default: '5', form: 'PER-SECOND', read: readRate, doc: 'The same for checks of issuers (AWS: 20).' },
  logLevel: { default: 'info', form: 'debug|info|warn|error', read: oneOf('debug', 'info', 'warn', 'error'), doc: 'The least important lines that are written.' },
  logFormat: { default: 'json', form: 'json|text', read: oneOf('json', 'text'), doc: 'json: one object a line; text: for people.' },
};

const names = Object.keys(table) as readonly (keyof Settings)[];

export function flagOf(name: keyof Settings): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function variableOf(name: keyof Settings): string {
  return `PCA_ISSUER_${flagOf(name).replaceAll('-', '_').toUpperCase()}`;
}

export type Parsed = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Go's way with flags: one or two dashes, `--x=value` or `--x value`, booleans never as two words.
 * A flag wins over its variable, a variable over the default.
 * @returns every problem at once, each with the flag, the value and the way out.
 */
export function parseSettings(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Parsed {
  const problems: string[] = [];
  const given = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [, flag, inline] = /^--?([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(arg) ?? [];
    const name = names.find((each) => flagOf(each) === flag);
    if (name === undefined) {
      problems.push(`${arg} is not a flag of this command; --help lists them`);
    } else {
      const value = inline ?? (table[name].form === 'BOOL' ? 'true' : rest.shift());
      if (value === undefined) problems.push(`--${flagOf(name)} wants a value (${table[name].form})`);
      else given.set(name, value);
    }
  }
  const settings: Record<string, unknown> = {};
  for (const name of names) {
    const variable = environment[variableOf(name)];
    const text = given.get(name) ?? variable ?? table[name].default;
    const source = given.has(name) ? `--${flagOf(name)}` : variableOf(name);
    const value = table[name].read(text);
    if (value === undefined) problems.push(`${source} is "${text}", which is no ${table[name].form}; the default is ${table[name].default}`);
    settings[name] = value;
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings: settings as unknown as Settings };
}

/** One entry a flag, for --help. */
export function describeSettings(): string {
  return names
    .map((name) => {
      const { form, doc, default: fallback } = table[name];
      return `  --${flagOf(name)} ${form}${fallback === '' ? '' : `  (${fallback})`}\n        ${doc}`;
    })
    .join('\n');
}
