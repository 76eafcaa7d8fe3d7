import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Api } from '../api.ts';
import type { ApiObject } from '../api/objects.ts';
import { followSecret } from './follow-secret.ts';

const secret = (text: string, labels: Record<string, string> = {}): ApiObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cacerts', labels }, data: { 'tls.crt': Buffer.from(text).toString('base64') } });

test('another content is mounted anew, and a write that changes no file leaves the volume alone', async () => {
  const around = await mkdtemp(join(tmpdir(), 'follow-'));
  const folder = join(around, 'cacerts');
  const seen: { link: string; text: string | undefined }[] = [];
  const look = async () => void seen.push({ link: await readlink(join(folder, '..data')), text: await readFile(join(folder, 'tls.crt'), 'utf8').catch(() => undefined) });
  async function* states() {
    for (const state of [undefined, secret('one'), secret('one', { managed: 'true' }), secret('two'), undefined]) {
      yield state;
      await look();
    }
  }
  try {
    const followed = await followSecret({ states } as unknown as Api, { namespace: 'istio-system', name: 'cacerts' }, folder);
    await followed.stop();
    assert.deepEqual(seen.map(({ text }) => text), [undefined, 'one', 'one', 'two', undefined]);
    assert.equal(new Set(seen.map(({ link }) => link)).size, 4);
    assert.equal(seen[1]?.link, seen[2]?.link);
    assert.deepEqual((await readdir(folder)).filter((name) => !name.startsWith('..')), []);
  } finally {
    await rm(around, { recursive: true });
  }
});
