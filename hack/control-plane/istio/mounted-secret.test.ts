import assert from 'node:assert/strict';
import { readFileSync, watch } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountSecret } from './mounted-secret.ts';

const secret = (text: string) => ({ data: { 'tls.crt': Buffer.from(text).toString('base64') } });

/** A folder to mount in: what a mount keeps beside it goes too. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const around = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    await use(join(around, 'cacerts'));
    assert.equal((await readdir(around)).length, 2, 'the folder and the version of now');
  } finally {
    await rm(around, { recursive: true });
  }
}

test("an update swaps one link, and the former version's files are gone after it", () =>
  inFolder(async (folder) => {
    await mountSecret(folder, secret('one'));
    const before = await readlink(join(folder, '..data'));
    assert.equal(await readlink(join(folder, 'tls.crt')), '..data/tls.crt');
    assert.equal(await readFile(join(folder, 'tls.crt'), 'utf8'), 'one');

    await mountSecret(folder, secret('two'));
    assert.equal(await readFile(join(folder, 'tls.crt'), 'utf8'), 'two');
    assert.notEqual(await readlink(join(folder, '..data')), before);
    assert.deepEqual((await readdir(folder)).toSorted(), ['..data', 'tls.crt']);
  }));

test('who watches the folder sees an update as one change, after which the new files are there', () =>
  inFolder(async (folder) => {
    await mountSecret(folder, secret('one'));
    const seen: { readonly name: string | null; readonly text: string }[] = [];
    const end = Promise.withResolvers<void>();
    const watcher = watch(folder, (_event, name) => {
      if (name === 'end') end.resolve();
      else seen.push({ name, text: readFileSync(join(folder, 'tls.crt'), 'utf8') });
    });
    await mountSecret(folder, secret('two'));
    await writeFile(join(folder, 'end'), '');
    await end.promise;
    watcher.close();
    assert.deepEqual(seen, [{ name: '..data', text: 'two' }]);
  }));

test('a key that is gone is taken away, and a Secret that does not exist is an empty folder', () =>
  inFolder(async (folder) => {
    const keys = async () => (await readdir(folder)).filter((name) => !name.startsWith('..'));
    await mountSecret(folder);
    assert.deepEqual(await keys(), []);
    await mountSecret(folder, { data: { 'ca-cert.pem': '', 'tls.crt': '' } });
    await mountSecret(folder, secret('two'));
    assert.deepEqual(await keys(), ['tls.crt']);
  }));
