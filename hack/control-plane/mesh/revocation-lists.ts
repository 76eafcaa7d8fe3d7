// Which revocation lists does a proxy need, and who has them? AWS has those of its CAs; that of an intermediate takes the intermediate's key.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from '../cluster/openssl.ts';
import { pemBlocks } from '../pem-blocks.ts';
import type { Sidecar } from './sidecar.ts';

/** Fetches, for each certificate of a chain that names one, the list of the CA above it. @returns PEM */
export async function publishedLists(chainPem: string): Promise<readonly string[]> {
  return inFolder(async (folder) => {
    const lists: string[] = [];
    for (const pem of pemBlocks(chainPem)) {
      const file = join(folder, 'certificate.pem');
      await writeFile(file, pem);
      const [, address] = /URI:(\S+)/.exec(await openssl(['x509', '-in', file, '-noout', '-ext', 'crlDistributionPoints'])) ?? [];
      if (address === undefined) continue;
      const response = await fetch(address);
      if (!response.ok) throw new Error(`${address} answers ${response.status}`);
      lists.push(toPem(Buffer.from(await response.arrayBuffer())));
    }
    return lists;
  });
}

/** A list of nothing, signed by an intermediate: whoever holds its Secret can make one. @returns PEM */
export async function emptyList({ certificatePem, keyPem }: { readonly certificatePem: string; readonly keyPem: string }): Promise<string> {
  return inFolder(async (folder) => {
    const [certificate, key, configuration, database] = ['tls.crt', 'tls.key', 'ca.cnf', 'index'].map((name) => join(folder, name)) as [string, string, string, string];
    await writeFile(certificate, certificatePem);
    await writeFile(key, keyPem, { mode: 0o600 });
    await writeFile(database, '');
    await writeFile(configuration, `[ca]\ndefault_ca = own\n[own]\ndatabase = ${database}\ndefault_md = sha256\ncrl_extensions = extensions\n[extensions]\nauthorityKeyIdentifier = keyid\n`);
    return openssl(['ca', '-gencrl', '-config', configuration, '-cert', certificate, '-keyfile', key, '-crldays', '7']);
  });
}

/** Judges the first certificate of a chain by the list of the CA above it alone. @returns what openssl refuses it with */
export async function judgeByLists(chainPem: string, rootsPem: string, listsPem: readonly string[]): Promise<string | undefined> {
  return inFolder(async (folder) => {
    const [chain, roots, lists] = ['chain.pem', 'roots.pem', 'lists.pem'].map((name) => join(folder, name)) as [string, string, string];
    await Promise.all([writeFile(chain, chainPem), writeFile(roots, rootsPem), writeFile(lists, listsPem.join(''))]);
    const refusal = await openssl(['verify', '-crl_check', '-CRLfile', lists, '-CAfile', roots, '-untrusted', chain, chain]).catch((error: unknown) => error);
    return refusal instanceof Error ? refusal.message : undefined;
  });
}

/** The same workload behind a proxy that has lists, and then wants one of every CA of its peer's chain, as Envoy does. */
export function checking(sidecar: Sidecar, listsPem: readonly string[]): Sidecar {
  return {
    name: sidecar.name,
    get credentials() {
      return { ...sidecar.credentials, revocationListsPem: listsPem };
    },
    get signer() {
      return sidecar.signer;
    },
    refresh: () => sidecar.refresh(),
  };
}

function toPem(der: Buffer): string {
  return `-----BEGIN X509 CRL-----\n${der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END X509 CRL-----\n`;
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lists-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
