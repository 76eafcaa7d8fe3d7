// Where a row plays: a namespace, a root and an issuing CA of its own, and issuers that come when told.
import { randomBytes } from 'node:crypto';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { account } from '../../hack/world/trust.ts';
import { group, ours, type IssuerRef } from '../harness/scenario.ts';
import type { ScenarioWorld } from '../harness/worlds.ts';
import type { TrueChain } from './issued-bytes.ts';
import { requestOf, type RequestOrder } from './request-orders.ts';

export interface Stage {
  readonly namespace: string;
  /** ARN of the issuing CA. */
  readonly ca: string;
  readonly chain: TrueChain;
  /** Creates the requests, spread over so many issuers, whether these exist yet or not. */
  order(orders: readonly RequestOrder[], issuers?: number): Promise<void>;
  createIssuers(count: number): Promise<void>;
  issuerIsReady(): Promise<void>;
  remove(): Promise<void>;
}

const key = { keyAlgorithm: 'EC_prime256v1' } as const;

/** @param region the controller asks STS for credentials once a region. */
export async function setStage({ api, emulator }: ScenarioWorld, region: string): Promise<Stage> {
  const namespace = `matrix-${randomBytes(5).toString('hex')}`;
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const tiers = [{ name: 'root', ...key }, { name: 'issuing', ...key }];
  const { authorities } = await emulator.createHierarchy({ name: namespace, account, region, tiers });
  const [root, issuing] = authorities;
  if (root?.certificate === undefined || issuing?.certificate === undefined) throw new Error('the emulator made no hierarchy');
  const issuerName = (index: number): string => `${namespace}-${index}`;
  const refOf = (index: number): IssuerRef => ({ group, kind: 'AWSPCAClusterIssuer', name: issuerName(index) });
  let issuers = 0;
  return {
    namespace,
    ca: issuing.arn,
    chain: { root: root.certificate, issuing: issuing.certificate },
    order: async (orders, spread = 1) => void (await Promise.all(orders.map((order, index) => api.create(requestOf(order, namespace, refOf(index % spread)))))),
    async createIssuers(count) {
      issuers = count;
      const issuer = (index: number): object => ({ metadata: { name: issuerName(index) }, spec: { arn: issuing.arn } });
      await api.apply(Array.from({ length: count }, (_, index) => ({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: {}, ...issuer(index) })));
    },
    issuerIsReady: async () => void (await api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: issuerName(0) }, (object) => hasCondition(object, 'Ready'))),
    async remove() {
      const names = Array.from({ length: issuers }, (_, index) => issuerName(index));
      await Promise.all(names.map((name) => api.remove({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name })));
      await api.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    },
  };
}
