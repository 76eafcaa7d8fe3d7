// Who signs the control plane's own certificates? openssl, since Node reads X.509 but does not write it.
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A key and a certificate, as files. */
export interface KeyAndCertificate {
  readonly keyFile: string;
  readonly certificateFile: string;
}

export interface CertificateOrder {
  readonly directory: string;
  /** of the files: `<name>.key`, `<name>.crt` */
  readonly name: string;
  /** as openssl takes it: `/O=system:masters/CN=admin` */
  readonly subject: string;
  /** as openssl takes them: `keyUsage=critical,keyCertSign` */
  readonly extensions: readonly string[];
  /** who signs; self-signed when left out */
  readonly issuer?: KeyAndCertificate;
}

/**
 * Runs openssl 3.
 * @returns what it wrote to its output.
 * @throws Error that tells a missing or old openssl apart from a refused command.
 */
export async function openssl(args: readonly string[]): Promise<string> {
  try {
    return (await run('openssl', args)).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new Error('openssl is not installed: install OpenSSL 3 (Debian and Ubuntu: apt-get install openssl).', { cause: error });
    throw new Error(`openssl ${args[0]} failed (version 3 or newer is needed): ${stderr.trim()}`, { cause: error });
  }
}

/** Makes a P-256 key and a certificate for it that is valid for a year. */
export async function makeCertificate({ directory, name, subject, extensions, issuer }: CertificateOrder): Promise<KeyAndCertificate> {
  const keyFile = join(directory, `${name}.key`);
  const certificateFile = join(directory, `${name}.crt`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const signer = issuer === undefined ? [] : ['-CA', issuer.certificateFile, '-CAkey', issuer.keyFile];
  await openssl(['req', '-x509', '-new', '-key', keyFile, ...signer, '-subj', subject, '-days', '365',
    ...extensions.flatMap((extension) => ['-addext', extension]), '-out', certificateFile]);
  return { keyFile, certificateFile };
}
