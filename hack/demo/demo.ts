// `npm run demo`: the main job on a real control plane, from a Certificate to the `cacerts` that istiod runs on.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ApiObject } from '../control-plane/api/objects.ts';
import { judge } from '../control-plane/check.ts';
import { down } from '../control-plane/cluster.ts';
import { ensurePrograms } from '../control-plane/programs.ts';
import { terminalProgress } from '../control-plane/progress.ts';
import { startWorld, type World } from '../world/world.ts';
import { runIstiod } from './istio.ts';
import { orderCacerts, renewCacerts } from './order.ts';
import { heading, showChecks, showSteps, showTree } from './present.ts';

const help = `Runs the main job: a Certificate becomes Secret cacerts through AWS Private CA, on a real control plane.

Usage: npm run demo -- [FLAGS]

  --istio   go on to the headline: a real istiod starts on the Secret and signs a workload certificate
  --keep    leave everything running and print how to play with it`;

const { values } = parseArgs({ options: { istio: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
if (values.help === true) {
  console.log(help);
  process.exit(0);
}

const started = performance.now();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error('\nstopping; what was started is taken down');
    stop.abort(new Error(`${signal} received`));
  });
}

let world: World | undefined;
try {
  const progress = terminalProgress(process.stdout);
  heading('A control plane of its own, and AWS Private CA as an emulator');
  await ensurePrograms(['check'], { progress, signal: stop.signal });
  world = await startWorld({ name: 'demo', istio: values.istio, keep: values.keep, controller: 'bundle', progress, signal: stop.signal });
  await Promise.race([show(world), aborted(stop.signal)]);
  if (values.keep === true) showWhatNext(world);
  console.log(`\nDone in ${((performance.now() - started) / 1_000).toFixed(1)} s.`);
} catch (error) {
  process.exitCode = 1;
  if (!stop.signal.aborted) console.error(error instanceof Error ? error.message : error);
} finally {
  await world?.close();
  if (stop.signal.aborted) {
    // --keep is a wish for the end, not for a demo that was stopped.
    await down('demo');
    // Something that still waits must not hold it either.
    process.exit(130);
  }
}

async function show(at: World): Promise<void> {
  heading('One Certificate');
  const order = await orderCacerts(at);
  console.log(`  kubectl apply -f config/samples/certificate-cacerts.yaml\n`);
  showSteps(order.steps);
  const verdict = await judge(dataOf(order.secret), { profile: 'istio-ca', pathLength: 0 });
  heading('The trust tree in Secret istio-system/cacerts');
  showTree([...verdict.roots.toReversed(), ...verdict.intermediates.toReversed(), verdict.leaf]);
  heading('What Go\'s crypto/x509 and openssl say of it');
  showChecks([...verdict.checks, opensslCheck(order.secret)]);
  if (!verdict.holds) throw new Error('the Secret is not what istiod needs');
  const { counters } = await at.emulator.journal({ ca: order.authorityArn });
  console.log(`\n  It cost ${counters.certificatesIssued} certificate${counters.certificatesIssued === 1 ? '' : 's'}, in ${counters.calls} calls to AWS.`);

  const istiod = values.istio === true ? await runIstiod(at, order.secret) : undefined;

  heading('A renewal');
  const renewed = await renewCacerts(at, order.secret);
  const after = await judge(dataOf(renewed), { profile: 'istio-ca', pathLength: 0, renewedFrom: dataOf(order.secret) });
  console.log(`  tls.crt  ${fingerprint(order.secret, 'tls.crt')}  ->  ${fingerprint(renewed, 'tls.crt')}   another certificate`);
  console.log(`  ca.crt   ${fingerprint(order.secret, 'ca.crt')}  ->  ${fingerprint(renewed, 'ca.crt')}   the same bytes`);
  if (!after.holds) throw new Error(`the renewed Secret is refused: ${after.checks.filter(({ holds }) => !holds).map(({ name }) => name).join('; ')}`);
  await istiod?.renew(renewed);
}

/** The chain as every TLS client on earth would check it, with nothing but what is in the Secret. */
function opensslCheck(secret: ApiObject): { readonly name: string; readonly holds: boolean; readonly detail: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'pca-issuer-demo-'));
  try {
    for (const file of ['tls.crt', 'ca.crt']) writeFileSync(path.join(folder, file), bytesOf(secret, file));
    const command = 'openssl verify -x509_strict -CAfile ca.crt -untrusted tls.crt tls.crt';
    const detail = execFileSync('openssl', command.split(' ').slice(1), { cwd: folder, encoding: 'utf8' }).trim();
    return { name: command, holds: detail === 'tls.crt: OK', detail };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesOf(secret: ApiObject, file: string): Buffer {
  return Buffer.from((secret['data'] as Record<string, string>)[file] ?? '', 'base64');
}

function dataOf(secret: ApiObject): { readonly data: Record<string, string> } {
  return { data: secret['data'] as Record<string, string> };
}

function fingerprint(secret: ApiObject, file: string): string {
  return `sha256:${createHash('sha256').update(bytesOf(secret, file)).digest('hex').slice(0, 16)}`;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
}

function showWhatNext({ kubeconfig, emulatorUrl, name }: World): void {
  heading('It keeps running');
  console.log(`  export KUBECONFIG=${kubeconfig}
  export PCA_EMULATOR_URL=${emulatorUrl}

  npm run cluster -- kubectl --name ${name} -- get awspcaclusterissuers,certificates,certificaterequests -A
  npm run emulator -- fault IssueCertificate lost --times 3
  npm run emulator -- journal --follow

  npm run cluster -- down --name ${name}      ends it`);
}
