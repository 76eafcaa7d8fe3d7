// What certificates stand in this file, and is it written as istiod needs it? Canonical PEM: 64 columns, LF, one final newline.
import { readCertificate, type CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import { LARGEST_PEM_BYTES, readPem, writePem } from '../pki/pem.ts';
import { found, type Finding, type FindingName } from './finding.ts';
import type { SecretFile } from './secret-files.ts';

export interface FileReading {
  readonly name: string;
  /** In the order of the file; what cannot be read is left out and is a finding. */
  readonly certificates: readonly CertificateFacts[];
  readonly findings: readonly Finding[];
}

const rewrite = 'Have it written again: renew the Certificate, or write the same certificates as canonical PEM.';
const whole = /-----BEGIN ([A-Z0-9 ]{1,64})-----[^-]*-----END \1-----/g;

export function readCertificates({ name, text }: SecretFile): FileReading {
  if (text.trim() === '') return { name, certificates: [], findings: [found('empty-value', name, `${name} is missing or empty; istiod does not start with it.`, 'Renew the Certificate; if it stays so, look at the status of its CertificateRequest.')] };
  try {
    if (text.length > LARGEST_PEM_BYTES) throw new PkiError('too-large', 'It is larger than any certificate file.');
    return readBlocks(name, text);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return { name, certificates: [], findings: [found('unreadable-pem', name, `${name} is no PEM that a strict reader takes: ${error.message} istiod passes over such blocks without a word.`, rewrite)] };
  }
}

function readBlocks(name: string, text: string): FileReading {
  const certificates: CertificateFacts[] = [];
  const findings: Finding[] = [];
  const blocks = readPem(text);
  for (const [index, { label, der }] of blocks.entries()) {
    const about = blocks.length === 1 ? name : `${name}, block ${index + 1}`;
    if (label !== 'CERTIFICATE') {
      findings.push(found('foreign-block', about, `${about} is a block of the type ${label}; only certificates belong there${label.includes('PRIVATE KEY') ? ', and whoever may read this file has had the key' : ''}.`, rewrite));
      continue;
    }
    try {
      certificates.push(readCertificate(der));
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      findings.push(found('unreadable-certificate', about, `${about} cannot be read: ${error.message}`, rewrite));
    }
  }
  const canonical = blocks.map(({ label, der }) => writePem(label, der)).join('');
  if (text !== canonical) findings.push(...formFaults(name, text).map(([fault, what]) => found(fault, name, what, rewrite)));
  return { name, certificates, findings };
}

/** Every way in which the text differs from its canonical form, the gravest first. */
function formFaults(name: string, text: string): readonly (readonly [FindingName, string])[] {
  const faults: (readonly [FindingName, string])[] = [];
  if (!text.endsWith('\n')) faults.push(['no-final-newline', `${name} does not end with a newline. istiod joins files without a separator, so that the last certificate and the next one run together and both are lost.`]);
  if (/-----END [A-Z0-9 ]+-----[ \t]*-----BEGIN /.test(text)) faults.push(['glued-blocks', `${name} has no newline between two certificates: istiod cannot parse it.`]);
  if (text.includes('\r')) faults.push(['crlf', `${name} has carriage returns. istiod loads it, but compares bytes at a renewal: one written otherwise is refused, and it goes on with the old intermediate.`]);
  if (text.replaceAll(whole, '').trim() !== '') faults.push(['stray-text', `${name} holds text that is no certificate. istiod loads it, but compares bytes at a renewal: one without that text is refused, and it goes on with the old intermediate.`]);
  if (faults.length === 0) faults.push(['not-canonical', `${name} is PEM, but not in canonical form (64 columns, nothing between the blocks, one final newline). istiod compares bytes at a renewal: one written otherwise is refused.`]);
  return faults;
}
