import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openssl } from '../cluster/openssl.ts';
import { shakeHands, type Credentials } from './handshake.ts';
import { keepTalking } from './traffic.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'handshake-'))));
after(() => rm(folder, { recursive: true }));

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A root of its own. */
async function makeRoot(name: string): Promise<string> {
  const file = join(folder, name);
  await openssl(['req', '-x509', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.crt`, '-days', '2', '-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  return file;
}

async function workload(name: string, root: string): Promise<Credentials> {
  const file = join(folder, name);
  const identity = `spiffe://cluster.local/ns/shop/sa/${name}`;
  await openssl(['req', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', '/']);
  await writeFile(`${file}.ext`, `subjectAltName=critical,URI:${identity}\nextendedKeyUsage=serverAuth,clientAuth`);
  const serial = `0x${randomBytes(8).toString('hex')}`;
  await openssl(['x509', '-req', '-in', `${file}.csr`, '-CA', `${root}.crt`, '-CAkey', `${root}.key`, '-set_serial', serial, '-days', '1', '-extfile', `${file}.ext`, '-out', `${file}.crt`]);
  const [keyPem, chainPem, rootsPem] = await Promise.all([`${file}.key`, `${file}.crt`, `${root}.crt`].map((each) => readFile(each, 'utf8')));
  return { identity, keyPem: keyPem ?? '', chainPem: chainPem ?? '', rootsPem: rootsPem ?? '' };
}

test('two workloads under one root accept each other; a strange root or a wrong name is refused, with who refused and why', async () => {
  const root = await makeRoot('root');
  const [one, two, stranger] = await Promise.all([workload('one', root), workload('two', root), workload('stranger', await makeRoot('strange'))]);
  assert.equal(await shakeHands(one, two), undefined);
  assert.match((await shakeHands(one, stranger)) ?? '', /^client: self-signed certificate in certificate chain/);
  assert.match((await shakeHands(one, { ...stranger, rootsPem: one.rootsPem })) ?? '', /^server: UNABLE_TO_GET_ISSUER_CERT_LOCALLY/);
  assert.match((await shakeHands({ ...one, identity: 'spiffe://cluster.local/ns/shop/sa/other' }, two)) ?? '', /client: the peer is URI:spiffe:\/\/cluster\.local\/ns\/shop\/sa\/one, not/);
  assert.match((await shakeHands(one, { ...two, identity: 'spiffe://cluster.local/ns/shop/sa/other' })) ?? '', /server: the peer is .*\/two, not/);
});

test('an anchor need not be a root: who trusts the CA in the middle accepts what is below it', async () => {
  const [root, middle] = [await makeRoot('top'), join(folder, 'middle')];
  const below = ['-CA', `${root}.crt`, '-CAkey', `${root}.key`];
  await openssl(['req', '-x509', ...newKey, '-keyout', `${middle}.key`, '-out', `${middle}.crt`, ...below, '-days', '2', '-subj', '/CN=middle', '-addext', 'keyUsage=critical,keyCertSign']);
  assert.equal(await shakeHands(await workload('left', middle), await workload('right', middle)), undefined);
});

test('traffic tells of every handshake that failed, and of none where all went well', async () => {
  const root = await makeRoot('traffic');
  const [one, two, stranger] = await Promise.all([workload('east', root), workload('west', root), workload('far', await makeRoot('far-root'))]);
  const sidecar = (name: string, credentials: Credentials) => ({ name, credentials, signer: '', refresh: async () => {} });
  const good = await keepTalking([sidecar('east', one), sidecar('west', two)], 0).stop();
  assert.ok(good.handshakes >= 4 && good.failures.length === 0, JSON.stringify(good));
  const bad = await keepTalking([sidecar('east', one), sidecar('far', stranger)], 0).stop();
  assert.equal(bad.failures.length, bad.handshakes);
  assert.deepEqual(new Set(bad.failures.map(({ who }) => who)), new Set(['east -> far', 'far -> east']));
});
