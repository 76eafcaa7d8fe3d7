// Is this Secret good? Asks the Go tool of hack/check, which judges with crypto/x509 and shares no code with the product.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './programs.ts';

/** A Secret as the API server gives it, or the parts of a CertificateRequest's result; only `data` is looked at. */
export interface JudgedSecret {
  /** base64 of `tls.crt`, `tls.key`, `ca.crt` */
  readonly data: Readonly<Record<string, string>>;
}

export interface CheckResult {
  /** a sentence: "tls.crt holds no self-signed certificate" */
  readonly name: string;
  readonly holds: boolean;
  /** what was found, or what is wrong, or "not made: …" */
  readonly detail: string;
}

export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  readonly isCA: boolean;
  /** undefined: it sets no limit */
  readonly pathLength: number | undefined;
  /** RFC 3339, UTC */
  readonly notBefore: string;
  readonly notAfter: string;
  /** lower-case hex */
  readonly serial: string;
  /** of the DER, lower-case hex */
  readonly sha256: string;
  /** RSA-2048, P-256, … */
  readonly keyAlgorithm: string;
  /** by cert-manager's names: digital signature, cert sign, … */
  readonly keyUsages: readonly string[];
  /** by cert-manager's names, else the OID */
  readonly extendedKeyUsages: readonly string[];
  /** subject alternative names of every kind */
  readonly names: readonly string[];
}

export interface Verdict {
  readonly holds: boolean;
  readonly checks: readonly CheckResult[];
  /** the first block of tls.crt */
  readonly leaf: CertificateSummary;
  /** the other blocks of tls.crt, in their order */
  readonly intermediates: readonly CertificateSummary[];
  /** the blocks of ca.crt, in their order */
  readonly roots: readonly CertificateSummary[];
}

export interface JudgeOptions {
  /** istio-ca: a signing CA for istiod. leaf: a certificate that signs nothing. */
  readonly profile: 'istio-ca' | 'leaf';
  /** istio-ca: 0 unless told; leaf: not looked at unless told */
  readonly pathLength?: number;
  /** exactly these, by cert-manager's name or OID, in any order; istio-ca: none unless told */
  readonly extendedKeyUsages?: readonly string[];
  /** exactly these subject alternative names, in any order */
  readonly names?: readonly string[];
  /** the Secret before its renewal: ca.crt has to be byte-equal, the certificate another one */
  readonly renewedFrom?: JudgedSecret;
  /** judges as of this time instead of now */
  readonly at?: Date;
}

/**
 * Judges a Secret, now. Without a `tls.key` in it (the result of a CertificateRequest) the checks that need the key hold
 * with the detail "not made: …".
 * @returns every check, also those after a failed one; `holds` when all do.
 * @throws Error when the tool cannot be built or run, or when tls.crt holds no certificate that could be described;
 *   that sentence lists all failed checks.
 */
export async function judge(secret: JudgedSecret, options: JudgeOptions): Promise<Verdict> {
  const check = await program('check');
  const before = options.renewedFrom && (await mkdtemp(join(tmpdir(), 'check-')));
  try {
    const renewedFrom = before && join(before, 'secret.json');
    if (renewedFrom !== undefined) await writeFile(renewedFrom, withoutKey(options.renewedFrom), { mode: 0o600 });
    return readReport(await run(check, checkArguments(secret, options, renewedFrom), toJson(secret)));
  } finally {
    if (before !== undefined) await rm(before, { recursive: true });
  }
}

/** @param renewedFrom  file with the Secret before its renewal */
export function checkArguments(
  { data }: JudgedSecret,
  { profile, pathLength, extendedKeyUsages, names, at }: JudgeOptions,
  renewedFrom?: string,
): readonly string[] {
  const repeated = (flag: string, values: readonly string[] | undefined) =>
    values?.length === 0 ? [`--${flag}=`] : (values ?? []).map((value) => `--${flag}=${value}`);
  return [
    '--json',
    `--profile=${profile}`,
    ...(pathLength === undefined ? [] : [`--path-len=${pathLength}`]),
    ...repeated('extended-key-usage', extendedKeyUsages),
    ...repeated('name', names),
    ...(at === undefined ? [] : [`--at=${at.toISOString()}`]),
    ...(renewedFrom === undefined ? [] : [`--renewed-from=${renewedFrom}`]),
    // An empty one is not an absent one: the API server gives every TLS Secret the entry.
    ...(data['tls.key'] === undefined ? ['--without-key'] : []),
    '-',
  ];
}

/**
 * @param output  what the tool printed with --json
 * @throws Error when it could describe no leaf
 */
export function readReport(output: string): Verdict {
  const { leaf, ...report } = JSON.parse(output) as Omit<Verdict, 'leaf'> & { readonly leaf: CertificateSummary | null };
  if (leaf !== null) return { ...report, leaf };
  const failed = report.checks.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  throw new Error(`tls.crt holds nothing to judge:\n${failed.join('\n')}`);
}

function toJson({ data }: JudgedSecret): string {
  return JSON.stringify({ kind: 'Secret', data });
}

/** What goes to a file has no private key in it. */
function withoutKey(secret: JudgedSecret | undefined): string {
  const { 'tls.key': _key, ...data } = secret?.data ?? {};
  return toJson({ data });
}

function run(command: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  child.stdin.on('error', () => {}).end(input); // one that ends without reading says why on stderr
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0 || code === 1) resolve(output);
      else reject(new Error(complaints.trim() || `hack/check ended with ${code ?? 'a signal'}`));
    });
  });
}
