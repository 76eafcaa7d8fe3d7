// What the page is shown with: meshes as companies have them, good ones and bad ones. All dates are fixed; keys are not, so fingerprints
// differ from run to run.
import { makeCertificate } from '../../src/pki/test-certificates.ts';
import { verifyClusters, type Report } from '../../src/verify/report.ts';
import { cluster, day, makeIntermediate, makeRoot, makeSubordinate, now, options, pems, secretOf } from '../../src/verify/test-mesh.ts';

const date = (text: string): Date => new Date(`${text}T00:00:00Z`);
const root = makeRoot('Acme Root CA', { key: 'P-384', serial: '2f0a11c07d3e4b52', notBefore: date('2022-03-01'), notAfter: date('2042-03-01') });
const sub = makeSubordinate(root, { subject: 'Acme Mesh CA', key: 'P-384', serial: '5c81e2a94f6033d7', notBefore: date('2024-03-01'), notAfter: date('2032-03-01') });
const otherRoot = makeRoot('Globex Root CA', { serial: '11d2', notAfter: date('2034-01-01') });
const handedOut = [{ namespace: 'istio-system', text: pems(root) }];

/** An intermediate of 90 days that began so many days ago. */
function intermediate(name: string, daysAgo: number, serial: string) {
  const notBefore = new Date(now.getTime() - daysAgo * day);
  return makeIntermediate(sub, { subject: `${name}.istio-ca`, serial, notBefore, notAfter: new Date(notBefore.getTime() + 90 * day) });
}

const secret = (name: string, daysAgo: number, serial: string) => secretOf(intermediate(name, daysAgo, serial), [sub], [root]);

/** Two clusters without a fault. */
export function goodPair(): Report {
  return verifyClusters([cluster('eu-central-1', secret('eu-central-1', 12, '4a10'), { handedOut }), cluster('us-east-1', secret('us-east-1', 35, '4a11'), { handedOut })], options);
}

/** For the pictures: one cluster is good, one late, one broken. */
export function company(): Report {
  const [eu, us] = [secret('eu-central-1', 12, '4a7e90c3d1185f26'), secret('us-east-1', 66, '4a03b7f2c95d6e18')];
  const broken = intermediate('ap-south-1', 35, '4ad8126f7b90e354');
  return verifyClusters([
    cluster('eu-central-1', eu, { handedOut }),
    cluster('us-east-1', us, { handedOut }),
    cluster('ap-south-1', { ...secretOf(broken, [sub], [root]), 'tls.crt': pems(broken, sub).trimEnd() }, { handedOut }),
  ], options);
}

/** Each cluster broken in ways of its own: under another root, ended, mixed up, with a subordinate as root, empty. */
export function badCompany(): Report {
  const eu = secret('eu-central-1', 12, '4a20');
  const ended = makeIntermediate(sub, { subject: 'old.istio-ca', notBefore: date('2026-01-01'), notAfter: date('2026-05-01') });
  return verifyClusters([
    cluster('eu-central-1', eu, { handedOut: [{ namespace: 'istio-system', text: pems(otherRoot) }] }),
    cluster('us-east-1', eu),
    cluster('old', { ...secretOf(ended, [sub], [root]), 'istio-generated': '' }),
    cluster('wrong', { ...secret('wrong', 5, '4a21'), 'ca.crt': pems(sub) }),
    cluster('stranger', secretOf(makeIntermediate(otherRoot, { subject: 'stranger.istio-ca' }), [], [otherRoot])),
    cluster('empty', {}),
  ], options);
}

export const manyNames = ['eu-central-1', 'eu-west-1', 'eu-north-1', 'us-east-1', 'us-east-2', 'us-west-2', 'ap-south-1', 'ap-southeast-2', 'ca-central-1', 'sa-east-1'] as const;

/** Ten clusters, of which the last has come under another root. */
export function tenClusters(): Report {
  const inputs = manyNames.map((name, index) => cluster(name, secret(name, 5 + 5 * index, `4b${10 + index}`), { handedOut }));
  const stranger = makeIntermediate(otherRoot, { subject: 'sa-east-1.istio-ca' });
  return verifyClusters([...inputs.slice(0, -1), cluster('sa-east-1', secretOf(stranger, [], [otherRoot]))], options);
}

export const hostileName = '<script>alert(1)</script><img src=x onerror=alert(2)>';
export const endlessName = 'w'.repeat(200);

/** Names that try to be markup, to break out of an attribute, or to push the page apart; in a subject, and as the name of a context. */
export function hostileNames(): Report {
  const hostile = makeIntermediate(sub, { subject: hostileName });
  const quoted = makeCertificate({ subject: '" onmouseover="alert(3)', isCA: true, pathLength: 0, issuer: sub });
  const endless = makeIntermediate(sub, { subject: endlessName });
  return verifyClusters([
    cluster('"><b id="planted">bold</b>', secretOf(hostile, [sub], [root])),
    cluster('\'; background: url(https://example.com)', secretOf(quoted, [sub], [root])),
    cluster('x'.repeat(120), secretOf(endless, [sub], [root])),
    // From four clusters on, names stand in attributes as well.
    cluster('" onmouseover="alert(4)', secretOf(makeIntermediate(sub, { subject: 'fourth' }), [sub], [root])),
  ], options);
}
