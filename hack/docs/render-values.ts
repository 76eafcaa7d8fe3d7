// What does the chart make of the values in a guide? Asks the real helm.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseManifests, type ApiObject } from '../control-plane/api/objects.ts';
import { program } from '../control-plane/programs.ts';

/** @throws Error with helm's words, where the chart or its schema refuses the values */
export async function renderValues(root: string, values: string): Promise<readonly ApiObject[]> {
  const chart = join(root, 'config/chart/pca-issuer');
  const child = spawn(await program('helm'), ['template', 'pca-issuer', chart, '--namespace', 'pca-issuer', '--values', '-'], { stdio: 'pipe' });
  const ended = new Promise<number>((resolve, reject) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', reject);
  });
  child.stdin.end(values);
  const [code, rendered, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(complaint);
  return parseManifests(rendered);
}
