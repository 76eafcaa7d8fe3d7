// What does a workload's proxy hold, and when does it get something new? It asks istiod at its start and at half of its certificate's life.
import { X509Certificate } from 'node:crypto';
import { identityOf, type Istiod, type Workload } from '../istiod.ts';
import { pemBlocks } from '../pem-blocks.ts';
import type { Credentials } from './handshake.ts';

export interface Sidecar {
  /** such as `a/checkout` */
  readonly name: string;
  /** What it serves and accepts at this moment. */
  readonly credentials: Credentials;
  /** The CA that signed its certificate, by common name and serial. */
  readonly signer: string;
  /** Asks for another certificate, as at half of the former one's life; what istiod sends last is what it trusts from then on. */
  refresh(): Promise<void>;
}

/** @param istiodOf  the istiod that it asks: another one after a restart */
export async function startSidecar(name: string, workload: Workload, istiodOf: () => Istiod): Promise<Sidecar> {
  const ask = async (): Promise<Credentials> => {
    const { keyPem, chain } = await istiodOf().signWorkload(workload);
    // As istio-agent has it: all of it is served, and the last of it is trusted.
    return { identity: identityOf(workload), keyPem, chainPem: chain.join(''), rootsPem: chain.at(-1) ?? '' };
  };
  let credentials = await ask();
  return {
    name,
    get credentials() {
      return credentials;
    },
    get signer() {
      const [, signing = ''] = pemBlocks(credentials.chainPem);
      const { subject, serialNumber } = new X509Certificate(signing);
      return `${subject} ${serialNumber}`;
    },
    refresh: async () => {
      credentials = await ask();
    },
  };
}
