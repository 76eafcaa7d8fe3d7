// Which requests did aws-privateca-issuer leave in a state that nobody ends?
import { condition } from '../domain/request.ts';
import type { ClusterView, SeenRequest } from './cluster-view.ts';
import type { Finding } from './finding.ts';

/** Failed without failureTime: cert-manager never makes another one in its place where the key is used again. */
export function judgeRequests({ requests, certificates }: Pick<ClusterView, 'requests' | 'certificates'>): readonly Finding[] {
  const done = new Map(certificates.map(({ namespace, name, revision }) => [`${namespace}/${name}`, revision]));
  /** Its Certificate has been issued since then. */
  const isPast = ({ key, certificate, revision }: SeenRequest): boolean => certificate !== undefined && revision <= (done.get(`${key.namespace}/${certificate}`) ?? -1);
  return requests
    .filter((request) => condition(request, 'Ready')?.reason === 'Failed' && !request.hasFailureTime && !isPast(request))
    .map(({ key, certificate, conditions }): Finding => {
      const message = condition({ conditions }, 'Ready')?.message ?? '';
      const waits = certificate === undefined ? 'whoever made it may wait for it' : `Certificate ${key.namespace}/${certificate} may wait for it for ever`;
      return {
        kind: 'stuck-request',
        weight: 'stops',
        about: `CertificateRequest ${key.namespace}/${key.name}`,
        what: `it is Failed without a failureTime ("${message}"), so ${waits}; pca-issuer leaves finished requests as they are`,
        todo: `delete it after the switch${certificate === undefined ? '' : `; cert-manager asks anew once its back-off is over (an hour at first, 32 at most), or at once after cmctl renew -n ${key.namespace} ${certificate}`}`,
        command: `kubectl -n ${key.namespace} delete certificaterequest ${key.name}`,
      };
    });
}
