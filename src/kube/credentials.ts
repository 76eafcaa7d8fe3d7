// As whom, and trusting whom, do we speak to the API server? Asks KubeConfig anew for every call.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { dirname, resolve } from 'node:path';
import { KubeConfig, loadYaml } from '@kubernetes/client-node';
import { list, record, text } from '../domain/json.ts';

/** The TLS side of a kubeconfig, in the names of node:tls. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  readonly proxyUrl: string | undefined;
  /** Equal as long as a connection made with `tls` may be used on. */
  readonly fingerprint: string;
}

export interface CredentialSource {
  /** Base URL of the API server, without a final slash. */
  readonly server: string;
  /**
   * Reads the CA file each time, and a token file when its copy is older than 60 seconds; runs an exec plugin when its token has expired.
   * @throws where a file cannot be read or a plugin fails.
   */
  current(): Promise<Credentials>;
  /** Forgets every token and reads the configuration again: the API server answered 401. */
  renew(): void;
}

/** One file, or several as $KUBECONFIG names them; undefined: the configuration of the pod that we run in. */
export type KubeconfigFiles = string | readonly string[] | undefined;

/**
 * @param context undefined: the current one, of the first file that has one.
 * @throws where a file cannot be read, or the context names no server.
 */
export function makeCredentialSource(files: KubeconfigFiles, context?: string): CredentialSource {
  let config = loadConfig(files, context);
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, '');
  if (server === undefined || server === '') throw new Error(`kubeconfig ${[files].flat().join(', ')}: its ${context === undefined ? 'current context' : `context ${context}`} names no server`);
  return {
    server,
    current: () => readCredentials(config),
    renew: () => void (config = loadConfig(files, context)),
  };
}

function loadConfig(files: KubeconfigFiles, context: string | undefined): KubeConfig {
  if (files !== undefined) return merge([files].flat(), [files].flat().map(loadFile), context);
  const config = new KubeConfig();
  config.loadFromCluster();
  if (config.getCurrentCluster()?.server.includes('undefined') !== false) {
    throw new Error('no kubeconfig was named, and this is not a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set');
  }
  return config;
}

function loadFile(file: string): KubeConfig {
  const config = new KubeConfig();
  // Such a file says nothing, as with kubectl; as YAML it would be none.
  if (readFileSync(file, 'utf8').split('\n').every((line) => /^\s*(?:#|$)/.test(line))) return config;
  try {
    config.loadFromFile(file);
    readTokenFiles(config, file);
  } catch (error) {
    throw withoutContent(file, error);
  }
  return config;
}

/** A complaint about YAML quotes the lines around, and they may hold a token (docs/architecture.md, invariant 16). */
function withoutContent(file: string, error: unknown): unknown {
  const { name, mark } = error as { readonly name?: string; readonly mark?: { readonly line: number; readonly column: number } };
  if (name !== 'YAMLException') return error;
  return new Error(`kubeconfig ${file} is not YAML${mark === undefined ? '' : `: line ${mark.line + 1}, column ${mark.column + 1}`}`);
}

/**
 * As kubectl merges: of two that have one name the first counts.
 * @throws Error where that is not what the context's own file means: files of two clusters often call both `kubernetes`, and nothing may be
 * asked of, or done to, the wrong one.
 */
function merge(files: readonly string[], configs: readonly KubeConfig[], context: string | undefined): KubeConfig {
  const wanted = context ?? configs.map((each) => each.getCurrentContext()).find(Boolean) ?? '';
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: configs.flatMap(({ clusters }) => clusters),
    users: configs.flatMap(({ users }) => users),
    contexts: configs.flatMap(({ contexts }) => contexts),
    currentContext: wanted,
  });
  const own = configs.findIndex(({ contexts }) => contexts.some(({ name }) => name === wanted));
  for (const [kind, namedIn] of [['cluster', ({ clusters }: KubeConfig) => clusters], ['user', ({ users }: KubeConfig) => users]] as const) {
    const name = merged.getContextObject(wanted)?.[kind];
    const meant = configs.map((each) => JSON.stringify(namedIn(each).find((one) => one.name === name)) as string | undefined);
    const first = meant.findIndex((each) => each !== undefined);
    if (meant[own] === undefined || meant[own] === meant[first]) continue;
    throw new Error(`context ${wanted} stands in ${files[own]} with its ${kind} ${name}, but ${files[first]} has one of that name too, which counts first; rename one of them, or name the file with --kubeconfig`);
  }
  return merged;
}

/** kubectl's `tokenFile` is unknown to KubeConfig; as an auth provider it is read again every minute, as in a pod. */
function readTokenFiles(config: KubeConfig, kubeconfigFile: string): void {
  const parsed = loadYaml<unknown>(readFileSync(kubeconfigFile, 'utf8'));
  for (const entry of list(record(parsed)['users']).map(record)) {
    const tokenFile = text(record(entry['user'])['tokenFile']);
    const index = config.users.findIndex((user) => user.name === entry['name']);
    const user = config.users[index];
    if (tokenFile === '' || user === undefined) continue;
    const authProvider = { name: 'tokenFile', config: { tokenFile: resolve(dirname(kubeconfigFile), tokenFile) } };
    config.users[index] = { ...user, authProvider };
  }
}

async function readCredentials(config: KubeConfig): Promise<Credentials> {
  // This one of KubeConfig's ways builds no connection pool per call.
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const tls: TlsMaterial = {
    ...pick('ca', options.ca),
    ...pick('cert', options.cert),
    ...pick('key', options.key),
    ...(options.servername === undefined ? {} : { servername: options.servername }),
    ...(options.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: options.rejectUnauthorized }),
  };
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value).trim()]);
  const basic = options.auth ? { Authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {};
  const hash = createHash('sha256');
  for (const value of Object.values(tls)) hash.update(`${String(value)}\0`);
  return {
    headers: { ...basic, ...Object.fromEntries(headers) },
    tls,
    proxyUrl: config.getCurrentCluster()?.proxyUrl,
    fingerprint: hash.digest('hex'),
  };
}

function pick(name: 'ca' | 'cert' | 'key', value: unknown): TlsMaterial {
  return typeof value === 'string' || Buffer.isBuffer(value) ? { [name]: value } : {};
}
