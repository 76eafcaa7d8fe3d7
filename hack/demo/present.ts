// What a person sees: headings, a tree, checks, and where the time went.
import type { CertificateSummary, CheckResult } from '../control-plane/check.ts';
import { describeDuration } from '../../src/domain/duration.ts';

const isTty = process.stdout.isTTY;
const paint = (code: number, text: string): string => (isTty ? `\u001B[${code}m${text}\u001B[0m` : text);

export function heading(text: string): void {
  console.log(`\n${paint(1, text)}`);
}

/** The trust tree, root first. */
export function showTree(certificates: readonly CertificateSummary[]): void {
  certificates.forEach((certificate, depth) => {
    const limit = !certificate.isCA ? '' : certificate.pathLength === undefined ? ', no path length limit' : `, path length ${certificate.pathLength}`;
    console.log(`  ${'   '.repeat(Math.max(0, depth - 1))}${depth === 0 ? '' : '└─ '}${paint(36, certificate.subject === '' ? certificate.names.join(', ') : certificate.subject)}`);
    const lead = `  ${'   '.repeat(depth)}`;
    const days = describeDuration(Date.parse(certificate.notAfter) - Date.parse(certificate.notBefore));
    console.log(`${lead}${certificate.isCA ? 'CA' : 'leaf'}${limit}, ${certificate.keyAlgorithm}`);
    console.log(`${lead}${certificate.notBefore} to ${certificate.notAfter} (${days})`);
    console.log(`${lead}sha256 ${certificate.sha256}`);
  });
}

export function showChecks(checks: readonly CheckResult[]): void {
  for (const { name, holds, detail } of checks) console.log(`  ${holds ? paint(32, '✓') : paint(31, '✗')} ${name}${holds ? '' : `: ${detail}`}`);
}

export interface Step {
  readonly what: string;
  readonly ms: number;
}

/** How long each step took, with a bar to compare by eye. */
export function showSteps(steps: readonly Step[]): void {
  const longest = Math.max(...steps.map(({ ms }) => ms), 1);
  const width = Math.max(...steps.map(({ what }) => what.length));
  for (const { what, ms } of steps) {
    console.log(`  ${what.padEnd(width)}  ${(ms / 1_000).toFixed(2).padStart(6)} s  ${'▇'.repeat(Math.max(ms > 0 ? 1 : 0, Math.round((ms / longest) * 30)))}`);
  }
}
