import assert from 'node:assert/strict';
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openssl } from '../cluster/openssl.ts';
import { checking, emptyList, judgeByLists, publishedLists } from './revocation-lists.ts';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'revocation-'))));
after(() => rm(folder, { recursive: true }));

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** A CA and a certificate below it that names where the CA's list is. */
async function makePair(name: string, listUrl: string): Promise<{ readonly certificatePem: string; readonly keyPem: string; readonly belowPem: string }> {
  const file = join(folder, name);
  await openssl(['req', '-x509', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.crt`, '-days', '2', '-subj', `/CN=${name}`, '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  await openssl(['req', '-x509', ...newKey, '-keyout', `${file}-below.key`, '-out', `${file}-below.crt`, '-CA', `${file}.crt`, '-CAkey', `${file}.key`, '-days', '1', '-subj', `/CN=${name} below`, '-addext', `crlDistributionPoints=URI:${listUrl}`]);
  const [certificatePem = '', keyPem = '', belowPem = ''] = await Promise.all([`${file}.crt`, `${file}.key`, `${file}-below.crt`].map((each) => readFile(each, 'utf8')));
  return { certificatePem, keyPem, belowPem };
}

test('the list that a certificate names is fetched, and lets in what is not on it', async () => {
  let listDer = Buffer.alloc(0);
  const server = createServer((request, response) => void response.writeHead(request.url === '/there.crl' ? 200 : 404).end(listDer)).listen(0, '127.0.0.1');
  after(() => server.close());
  await new Promise((resolve) => void server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pair = await makePair('listed', `${address}/there.crl`);
  const made = await emptyList(pair);
  await writeFile(join(folder, 'made.pem'), made);
  await openssl(['crl', '-in', join(folder, 'made.pem'), '-outform', 'DER', '-out', join(folder, 'made.der')]);
  listDer = await readFile(join(folder, 'made.der'));

  assert.deepEqual(await publishedLists(pair.belowPem + pair.certificatePem), [made.slice(made.indexOf('-----BEGIN')).trim()].map((text) => `${text}\n`));
  assert.equal(await judgeByLists(pair.belowPem, pair.certificatePem, [made]), undefined);
  const stranger = await makePair('stranger', `${address}/nowhere.crl`);
  assert.match((await judgeByLists(pair.belowPem, pair.certificatePem, [await emptyList(stranger)])) ?? '', /unable to get certificate CRL/);
  await assert.rejects(publishedLists(stranger.belowPem), /nowhere\.crl answers 404/);
});

test('a proxy that has lists shows what its workload holds at each moment', async () => {
  const credentials = { identity: 'spiffe://cluster.local/ns/shop/sa/one', keyPem: '', chainPem: 'first', rootsPem: '' };
  const sidecar = { name: 'one', credentials, signer: 'CN=first 1', refresh: async () => void (sidecar.credentials = { ...credentials, chainPem: 'second' }) };
  const careful = checking(sidecar, ['list']);
  assert.deepEqual([careful.name, careful.signer, careful.credentials], ['one', 'CN=first 1', { ...credentials, revocationListsPem: ['list'] }]);
  await careful.refresh();
  assert.equal(careful.credentials.chainPem, 'second');
});
