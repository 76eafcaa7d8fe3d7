// Where the soak plays: CAs in two regions, issuers of both kinds, and what people do to them meanwhile.
import type { Api } from '../control-plane/api.ts';
import { hasCondition } from '../control-plane/api.ts';
import type { EmulatorClient } from '../pca-emulator/src/admin-client.ts';
import { account } from '../world/trust.ts';
import { steadyFaults, type Episode } from './episodes.ts';

export const namespace = 'soak';
const apiVersion = 'awspca.cert-manager.io/v1beta1';
const regions = ['eu-central-1', 'eu-west-1'] as const;
const secretName = 'aws-keys';

export interface IssuerRef {
  readonly group: 'awspca.cert-manager.io';
  readonly kind: 'AWSPCAIssuer' | 'AWSPCAClusterIssuer';
  readonly name: string;
}

export interface Arena {
  readonly issuers: readonly IssuerRef[];
  readonly authorities: number;
  /** Begins the troubles that strike single calls. */
  beginFaults(seed: number): Promise<void>;
  play(episode: Episode): Promise<void>;
  /** AWS is well again. */
  heal(): Promise<void>;
}

/** Makes all of it and waits until the issuers are Ready. AWS is as in the bench: 150 ms round trips, 1.5 s signing, its own quotas. */
export async function makeArena(api: Api, emulator: EmulatorClient): Promise<Arena> {
  await emulator.settings({ signingMs: 1_500, roundTripMs: { '*': 150 }, quotaScale: 1, sessionSecondsAtMost: 900 });
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const authorities = await Promise.all(regions.map((region) => makeAuthority(emulator, region)));
  let keyId = await writeKeys(api, emulator);
  const issuers = authorities.flatMap((arn, index) => [
    { ref: refOf('AWSPCAClusterIssuer', `own-identity-${index + 1}`), spec: { arn } },
    { ref: refOf('AWSPCAIssuer', `keys-of-secret-${index + 1}`), spec: { arn, secretRef: { name: secretName } } },
  ]);
  await api.apply(issuers.map(({ ref, spec }) => ({ apiVersion, kind: ref.kind, metadata: placeOf(ref), spec })));
  await Promise.all(issuers.map(({ ref }) => api.waitFor({ apiVersion, kind: ref.kind, ...placeOf(ref) }, (object) => hasCondition(object, 'Ready'), { timeoutMs: 60_000 })));
  let edits = 0;
  const widen = async (): Promise<void> => void (await emulator.settings({ quotas: {} }).catch(() => undefined));

  return {
    issuers: issuers.map(({ ref }) => ref),
    authorities: authorities.length,
    beginFaults: async (seed) => {
      for (const order of steadyFaults(seed)) await emulator.fault(order);
    },
    async play({ act, lastsSeconds }) {
      if (act.kind === 'fault') {
        const ca = act.authority === undefined ? {} : { ca: authorities[act.authority] ?? '' };
        for (const order of act.orders) await emulator.fault({ ...order, ...ca });
      } else if (act.kind === 'squeeze') {
        await emulator.settings({ quotas: act.quotas });
        // The plan leaves a pause after it, so that nothing else is turned meanwhile.
        setTimeout(() => void widen(), lastsSeconds * 1_000);
      } else if (act.kind === 'rotate-secret') {
        const former = keyId;
        keyId = await writeKeys(api, emulator);
        await emulator.deleteAccessKey(former);
      } else {
        const ref = issuers[act.issuer % issuers.length]?.ref;
        if (ref === undefined) return;
        // Any change of the spec makes a new generation, which must be checked before it signs.
        await api.patch({ apiVersion, kind: ref.kind, ...placeOf(ref) }, { spec: { notBeforeOffset: `${10 + (edits++ % 5)}m` } });
      }
    },
    heal: async () => {
      await Promise.all([emulator.clearFaults(), widen()]);
    },
  };
}

async function makeAuthority(emulator: EmulatorClient, region: string): Promise<string> {
  const key = { keyAlgorithm: 'EC_prime256v1' } as const;
  const made = await emulator.createHierarchy({ name: 'soak', account, region, tiers: [{ name: 'root', ...key }, { name: 'issuing', ...key }] });
  const [, issuing] = made.authorities;
  if (issuing === undefined) throw new Error('the emulator made no hierarchy');
  return issuing.arn;
}

/** New keys in the Secret of the issuers that have one. @returns the id of the key. */
async function writeKeys(api: Api, emulator: EmulatorClient): Promise<string> {
  const { accessKeyId, secretAccessKey } = await emulator.createAccessKey({ account });
  const stringData = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  await api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName, namespace }, stringData });
  return accessKeyId;
}

function refOf(kind: IssuerRef['kind'], name: string): IssuerRef {
  return { group: 'awspca.cert-manager.io', kind, name };
}

function placeOf({ kind, name }: IssuerRef): { readonly name: string; readonly namespace?: string } {
  return kind === 'AWSPCAIssuer' ? { name, namespace } : { name };
}
