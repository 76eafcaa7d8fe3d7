// AWSPCAIssuers and AWSPCAClusterIssuers on the API server: what they say, and the status that we give them.
import type { Issuers } from '../controller/ports.ts';
import type { AuthorityFacts } from '../domain/authority.ts';
import { succeed } from '../domain/failure.ts';
import { group, version, type Issuer, type IssuerKey, type IssuerKind, type IssuerStatus, type ReadyCondition } from '../domain/issuer.ts';
import type { IssuerWarning } from '../domain/issuer-warnings.ts';
import type { Clock } from '../runtime/clock.ts';
import { applyStatus, transitionTime, writeTime } from './apply-status.ts';
import type { KubeTransport } from './transport.ts';

const apiVersion = `${group}/${version}`;
const plurals: Readonly<Record<IssuerKind, string>> = {
  AWSPCAIssuer: 'awspcaissuers',
  AWSPCAClusterIssuer: 'awspcaclusterissuers',
};

/** Of all objects of the kind, in one namespace or in every one. */
export function issuersPath(kind: IssuerKind, namespace: string | undefined): string {
  const scope = namespace === undefined ? '' : `namespaces/${encodeURIComponent(namespace)}/`;
  return `/apis/${apiVersion}/${scope}${plurals[kind]}`;
}

/** @param clock only for the times that conditions carry. */
export function makeIssuers(transport: Pick<KubeTransport, 'request'>, clock: Clock): Issuers {
  return {
    async publish(issuer, status, signal) {
      const { key, uid, resourceVersion } = issuer;
      const apply = {
        apiVersion,
        kind: key.kind,
        path: pathOf(key),
        metadata: { name: key.name, namespace: key.namespace, uid, resourceVersion },
        status: writeStatus(issuer, status, new Date(clock.now())),
      };
      const written = await applyStatus(transport, apply, signal);
      return written.ok ? succeed(undefined) : written;
    },
  };
}

function pathOf({ kind, namespace, name }: IssuerKey): string {
  return `${issuersPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

function writeStatus(issuer: Issuer, { ready, warnings, facts }: IssuerStatus, now: Date): Readonly<Record<string, unknown>> {
  const write = (type: string, said: IssuerStatus['ready'] | IssuerWarning, former: ReadyCondition | undefined) => ({
    ...said,
    type,
    observedGeneration: issuer.generation,
    lastTransitionTime: transitionTime(former, said.status, now),
  });
  // An apply removes what it leaves out, so that the former facts have to be said again.
  const known = facts ?? issuer.facts;
  return {
    conditions: [
      write('Ready', ready, issuer.ready),
      ...warnings.map((each) => write(each.type, each, issuer.warnings.find(({ type }) => type === each.type))),
    ],
    ...(known === undefined ? {} : { certificateAuthority: writeFacts(known) }),
  };
}

/** JSON leaves undefined fields out, and so does the status. */
function writeFacts(facts: AuthorityFacts): Readonly<Record<string, unknown>> {
  const { arn, type, status, usageMode, keyAlgorithm, signingAlgorithm, serial, notAfter, pathLength, rootSHA256 } = facts;
  return {
    id: arn.slice(arn.lastIndexOf('/') + 1),
    type,
    status,
    usageMode,
    keyAlgorithm,
    signingAlgorithm,
    serial,
    notAfter: notAfter && writeTime(notAfter),
    pathLength,
    rootSHA256,
  };
}
