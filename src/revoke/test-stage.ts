// Test support: a cluster of a few objects, and an AWS with the certificates that it has issued.
import { fail, succeed, type Failure } from '../domain/failure.ts';
import { arnAnnotation } from '../domain/request.ts';
import { authorityAnnotation, serialAnnotation } from '../domain/request-traces.ts';
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate, type TestCertificate } from '../pki/test-certificates.ts';
import { revoke, type Order, type RevokePorts, type Write } from './revoke.ts';

export const now = new Date('2026-06-01T12:00:00Z');
export const authorityArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555';
export const otherArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/99999999-2222-3333-4444-555555555555';

const sub = makeCertificate({ subject: 'Acme Mesh', isCA: true });
/** AWS's serial numbers have 32 digits, leading zeros included. */
export const issue = (serial: string, more: object = {}): TestCertificate => makeCertificate({ subject: 'cluster-a.istio-ca', issuer: sub, isCA: true, pathLength: 0, serial, ...more });

export const serial = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
export const held = issue(serial);
export const stranger = issue('7a1b2c3d4e5f60718293a4b5c6d7e8f9');

const plainOrder: Order = {
  search: { kind: 'certificate', namespace: 'istio-system', name: 'cacerts' },
  serial: undefined, authorityArn: undefined, reason: 'KEY_COMPROMISE', isConfirmed: true, isRenewed: false, isDryRun: false,
};

export const denied: Failure = { class: 'unauthorised', code: '403 Forbidden', message: 'you may not', operation: 'GET' };

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const inNamespace = '/namespaces/istio-system';
const certManager = '/apis/cert-manager.io/v1';
export const paths = {
  certificate: `${certManager}${inNamespace}/certificates/cacerts`,
  certificates: `${certManager}${inNamespace}/certificates`,
  request: `${certManager}${inNamespace}/certificaterequests/cacerts-2`,
  requests: `${certManager}${inNamespace}/certificaterequests`,
  secret: `/api/v1${inNamespace}/secrets/cacerts`,
  pods: `/api/v1${inNamespace}/pods`,
  issuers: `${certManager}${inNamespace}/issuers`,
  awsIssuer: '/apis/awspca.cert-manager.io/v1beta1/awspcaclusterissuers/mesh-root',
} as const;

export const issuerRef = { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'mesh-root' };

export function certificate(more: object = {}): object {
  return {
    metadata: { name: 'cacerts', namespace: 'istio-system', uid: 'u1', resourceVersion: '7', generation: 3 },
    spec: { secretName: 'cacerts', issuerRef, ...more },
    status: { revision: 2, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}

export function request(pem: string, annotations: object = {}, revision = '2'): object {
  return {
    metadata: {
      name: `cacerts-${revision}`, namespace: 'istio-system', uid: `u-${revision}`,
      annotations: { 'cert-manager.io/certificate-name': 'cacerts', 'cert-manager.io/certificate-revision': revision, [arnAnnotation]: 'x', [authorityAnnotation]: authorityArn, [serialAnnotation]: serial, ...annotations },
    },
    spec: { issuerRef },
    status: { certificate: base64(pem) },
  };
}

export const secret = {
  metadata: { name: 'cacerts', namespace: 'istio-system', uid: 'u9', annotations: { 'cert-manager.io/certificate-name': 'cacerts' } },
  data: { 'tls.crt': base64(held.pem + sub.pem), 'tls.key': base64('the key') },
};

/** A cluster in which all is as it should be. */
export const cluster: Readonly<Record<string, object>> = {
  [paths.certificate]: certificate(),
  [paths.requests]: { items: [request(stranger.pem, {}, '1'), request(held.pem)] },
  [paths.request]: request(held.pem),
  [paths.awsIssuer]: { spec: { arn: authorityArn } },
};

export interface Run {
  readonly code: number;
  readonly said: string;
  readonly complained: string;
  readonly revoked: readonly string[];
  readonly asked: readonly string[];
  readonly writes: readonly Write[];
}

export interface StageOptions {
  readonly objects?: Readonly<Record<string, object | Failure>>;
  readonly issued?: readonly TestCertificate[];
  readonly answers?: { readonly find?: Failure; readonly revoke?: Failure | 'was-revoked'; readonly write?: (write: Write, index: number) => Failure | undefined };
  readonly confirms?: boolean;
}

export async function run(order: Partial<Order>, { objects = cluster, issued = [held, stranger], answers = {}, confirms = false }: StageOptions = {}): Promise<Run> {
  const [said, complained, revoked, asked, writes]: [string[], string[], string[], string[], Write[]] = [[], [], [], [], []];
  const known = new Map(issued.map((each) => [`${authorityArn}/${readCertificate(each.der).serial.padStart(32, '0')}`, each.pem]));
  const ports: RevokePorts = {
    ask: (path) => {
      asked.push(path);
      const object = objects[path];
      if (object === undefined) return Promise.resolve('absent');
      return Promise.resolve('class' in object ? fail(object) : succeed(object));
    },
    write: (write) => {
      writes.push(write);
      const failure = answers.write?.(write, writes.length - 1);
      return Promise.resolve(failure === undefined ? succeed({}) : fail(failure));
    },
    authority: ({ arn }) => ({
      find: (wanted) => Promise.resolve(answers.find === undefined ? succeed(known.get(`${arn}/${wanted}`)) : fail(answers.find)),
      revoke: (wanted, reason) => {
        if (typeof answers.revoke === 'object') return Promise.resolve(fail(answers.revoke));
        revoked.push(`${arn} ${wanted} ${reason}`);
        return Promise.resolve(succeed(answers.revoke ?? 'revoked'));
      },
      lists: () => Promise.resolve(succeed({ hasCrl: false, hasOcsp: false })),
    }),
    confirm: () => Promise.resolve(confirms),
    say: (line) => void said.push(line),
    complain: (line) => void complained.push(line),
    now,
  };
  const code = await revoke(ports, { ...plainOrder, ...order });
  return { code, said: said.join('\n'), complained: complained.join('\n'), revoked, asked, writes };
}
