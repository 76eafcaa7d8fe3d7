// What does helm make of the chart and a values file? Objects and notes, without a cluster.
import { execFile } from 'node:child_process';
import { copyFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseManifests, type ApiObject } from '../control-plane/api/objects.ts';
import { program } from '../control-plane/programs.ts';

const run = promisify(execFile);

export interface Rendering {
  readonly objects: readonly ApiObject[];
  /** What `helm install` would print. */
  readonly notes: string;
}

export interface Renderer {
  /** @throws Error with helm's words where the chart refuses the values. */
  render(options?: { readonly valuesFile?: string; readonly release?: string; readonly namespace?: string; readonly more?: readonly string[] }): Promise<Rendering>;
  close(): Promise<void>;
}

/** Notes are only printed where there is a cluster, so a copy of the chart shows them as one object more. */
const notesTemplate = 'apiVersion: v1\nkind: Notes\nmetadata: {}\ntext: {{ tpl (.Files.Get "notes.txt") . | toJson }}\n';

/** @param root of the repository. */
export async function makeRenderer(root: string): Promise<Renderer> {
  const helm = await program('helm');
  const folder = await mkdtemp(join(tmpdir(), 'pca-issuer-chart-'));
  const chart = join(folder, 'pca-issuer');
  await cp(join(root, 'config/chart/pca-issuer'), chart, { recursive: true });
  await copyFile(join(chart, 'templates/NOTES.txt'), join(chart, 'notes.txt'));
  await writeFile(join(chart, 'templates/notes.yaml'), notesTemplate);
  return {
    async render({ valuesFile, release = 'pca-issuer', namespace = 'pca-issuer', more = [] } = {}) {
      const values = valuesFile === undefined ? [] : ['--values', valuesFile];
      const { stdout } = await run(helm, ['template', release, chart, '--namespace', namespace, ...values, ...more], { maxBuffer: 16 << 20 });
      const objects = parseManifests(stdout);
      const notes = objects.find(({ kind }) => kind === 'Notes');
      return { objects: objects.filter((object) => object !== notes), notes: String(notes?.['text'] ?? '') };
    },
    close: () => rm(folder, { recursive: true }),
  };
}
