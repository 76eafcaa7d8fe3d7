import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountSecret } from './mounted-secret.ts';

const secret = (text: string) => ({ data: { 'tls.crt': Buffer.from(text).toString('base64') } });

test("an update swaps one link, and the former version's files are gone after it", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    await mountSecret(folder, secret('one'));
    const before = await readlink(join(folder, '..data'));
    assert.equal(await readlink(join(folder, 'tls.crt')), '..data/tls.crt');
    assert.equal(await readFile(join(folder, 'tls.crt'), 'utf8'), 'one');

    await mountSecret(folder, secret('two'));
    assert.equal(await readFile(join(folder, 'tls.crt'), 'utf8'), 'two');
    const after = await readlink(join(folder, '..data'));
    assert.notEqual(after, before);
    assert.deepEqual((await readdir(folder)).toSorted(), ['..data', after, 'tls.crt'].toSorted());
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a key that is gone is taken away, and a Secret that does not exist is an empty folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mount-'));
  const keys = async () => (await readdir(folder)).filter((name) => !name.startsWith('..'));
  try {
    await mountSecret(folder);
    assert.deepEqual(await keys(), []);
    await mountSecret(folder, { data: { 'ca-cert.pem': '', 'tls.crt': '' } });
    await mountSecret(folder, secret('two'));
    assert.deepEqual(await keys(), ['tls.crt']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
