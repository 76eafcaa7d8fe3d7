// What do the metrics say of the issuers? Read from the directory at every scrape, so that one that has gone is gone there too.
import type { Metrics, Sample } from '../runtime/ports.ts';
import type { KnownIssuer } from './issuer-directory.ts';

/** @param list the issuers of the directory. One that this process has not checked yet is not told of. */
export function tellOfIssuers(list: () => Iterable<KnownIssuer>, metrics: Pick<Metrics, 'sample'>): void {
  metrics.sample('pca_issuer_issuer_ready', () => Array.from(list()).flatMap(readiness));
  metrics.sample('pca_issuer_certificate_authority_not_after_seconds', () => Array.from(list()).flatMap(ending));
  metrics.sample('pca_issuer_root_not_after_seconds', () => Array.from(list()).flatMap(rootEnding));
}

function readiness({ issuer, standing }: KnownIssuer): readonly Sample[] {
  const { kind, namespace = '', name } = issuer.key;
  return standing.kind === 'unchecked' ? [] : [{ labels: { kind, namespace, name }, value: standing.kind === 'ready' ? 1 : 0 }];
}

/** Issuers of one CA say the same, so it is one series. */
function ending({ standing }: KnownIssuer): readonly Sample[] {
  if (standing.kind !== 'ready' || standing.facts.notAfter === undefined) return [];
  return [{ labels: { arn: standing.facts.arn }, value: standing.facts.notAfter.getTime() / 1_000 }];
}

/** Of the CA's own root alone: an old one among the anchors ends on purpose. */
function rootEnding({ standing }: KnownIssuer): readonly Sample[] {
  if (standing.kind !== 'ready' || standing.facts.rootNotAfter === undefined) return [];
  const { arn, rootSHA256 = '', rootNotAfter } = standing.facts;
  return [{ labels: { arn, root: rootSHA256 }, value: rootNotAfter.getTime() / 1_000 }];
}
