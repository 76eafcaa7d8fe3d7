// No credential in anything that a controller wrote in the whole run: its log at debug level, every body that it sent to the API
// server (statuses, annotations, Events), its metrics (docs/architecture.md, invariant 16).
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressesVariable, type WorldAddresses } from '../harness/worlds.ts';
import { credentialsOf, leaksIn } from './find-leaks.ts';

const addresses = JSON.parse(process.env[addressesVariable] ?? '{}') as WorldAddresses;

for (const name of ['approving', 'ambient'] as const) {
  const address = addresses[name];
  if (address === undefined) continue;
  void test(`nothing that the controllers of ${name} wrote holds a credential`, async () => {
    const { directory, metricsUrl } = address;
    const credentials = await credentialsOf(join(directory, 'pca-emulator.json'));
    assert.ok(credentials.length > 0, 'there were credentials to find');
    const logs = (await readdir(join(directory, 'logs'))).filter((file) => /^(?:pca-issuer|ambient|replica)/.test(file));
    const written = await readFile(join(directory, 'audit.log'), 'utf8');
    const bodies = written.split('\n').filter((line) => line.includes('"requestObject"'));
    assert.ok(bodies.length > 0, 'the API server has kept what was written');
    const texts = new Map([['audit.log', written]]);
    for (const file of logs) texts.set(file, await readFile(join(directory, 'logs', file), 'utf8'));
    // The first controller of `ambient` gives way to others.
    if (name === 'approving') texts.set('/metrics', await (await fetch(metricsUrl)).text());
    const leaks = [...texts].flatMap(([source, text]) => leaksIn(text, credentials).map((leak) => `${source}: ${leak}`));
    assert.deepEqual(leaks, []);
    console.log(`${name}: ${credentials.length} credentials in none of ${bodies.length} writes and ${logs.length} logs`);
  });
}

test('a credential would be found, as it is, in base64, or as a token', () => {
  const credentials = [{ name: 'the key', value: 'hush-hush-hush-hush' }];
  assert.deepEqual(leaksIn('{"message":"x hush-hush-hush-hush y"}', credentials), ['the key']);
  assert.deepEqual(leaksIn(Buffer.from('hush-hush-hush-hush').toString('base64'), credentials), ['the key']);
  assert.deepEqual(leaksIn(`Bearer ${['{"alg":"RS256"}', '{"sub":"system:serviceaccount:a:b"}', 'signature-of-the-token'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`, []), ['a token (JWT)']);
  assert.deepEqual(leaksIn('nothing', credentials), []);
});
