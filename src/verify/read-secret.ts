// How is one cluster looked at? Three reads by name: the Secret, what istiod hands out, and when the Certificate is renewed.
import type { Ask } from '../domain/ask.ts';
import { annotationOf, date, record, text } from '../domain/json.ts';
import { certificateNameAnnotation } from '../domain/renewal-loop.ts';
import { handedOutName } from './judge-surroundings.ts';
import type { ClusterInput } from './look-at-secret.ts';

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

export type Look =
  /** `notes`: what could not be looked at beside the Secret, a sentence each. */
  | { readonly kind: 'seen'; readonly input: ClusterInput; readonly notes: readonly string[] }
  | { readonly kind: 'blind'; readonly why: string };

/** @param cluster  what people call it */
export async function readSecret(ask: Ask, cluster: string, { namespace, name }: SecretPlace): Promise<Look> {
  const within = `namespaces/${encodeURIComponent(namespace)}`;
  const secret = await ask(`/api/v1/${within}/secrets/${encodeURIComponent(name)}`);
  if (secret === 'absent') return { kind: 'blind', why: `${cluster}: there is no Secret ${namespace}/${name}` };
  if (!secret.ok) return { kind: 'blind', why: `${cluster}: the Secret ${namespace}/${name} cannot be read: ${secret.failure.message}` };

  const notes: string[] = [];
  const beside = async (what: string, path: string): Promise<unknown> => {
    const answer = await ask(path);
    if (answer === 'absent') return undefined;
    if (answer.ok) return answer.value;
    notes.push(`${cluster}: ${what} was not looked at: ${answer.failure.message}`);
    return undefined;
  };
  const certificateName = annotationOf(record(secret.value), certificateNameAnnotation);
  const [configMap, certificate] = await Promise.all([
    beside(`the ConfigMap ${namespace}/${handedOutName}`, `/api/v1/${within}/configmaps/${handedOutName}`),
    certificateName === '' ? undefined : beside(`the Certificate ${namespace}/${certificateName}`, `/apis/cert-manager.io/v1/${within}/certificates/${encodeURIComponent(certificateName)}`),
  ]);
  const handedOut = configMap === undefined ? [] : [{ namespace, text: text(record(record(configMap)['data'])['root-cert.pem']) }];
  return { kind: 'seen', notes, input: { name: cluster, data: decode(record(secret.value)['data']), handedOut, renewBeforeMs: renewBeforeOf(certificate) } };
}

/** Byte for byte: what is no ASCII is not PEM either, and must not be mended by reading it. */
function decode(data: unknown): ClusterInput['data'] {
  return Object.fromEntries(Object.entries(record(data)).map(([key, value]) => [key, Buffer.from(text(value), 'base64').toString('latin1')]));
}

/** As cert-manager counted it last; its rules for a percentage or none at all are its own. */
function renewBeforeOf(certificate: unknown): number | undefined {
  const status = record(record(certificate)['status']);
  const [end, renewal] = [date(status['notAfter']), date(status['renewalTime'])];
  return end === undefined || renewal === undefined ? undefined : end.getTime() - renewal.getTime();
}
