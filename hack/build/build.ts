// How does src become one file? Bundles src/main.ts and all it needs into dist/pca-issuer.mjs.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build as bundle, type Plugin } from 'esbuild';
import { packageFolders } from './bundled-packages.ts';
import { describeBundle } from './describe-bundle.ts';

const clientFolder = join('node_modules', '@kubernetes', 'client-node', 'dist');
const root = join(import.meta.dirname, '../..');

export interface Bundle {
  /** Absolute path of the bundle; its source map and the licences of what is in it lie beside it. */
  readonly file: string;
  readonly version: string;
  readonly bytes: number;
  /** What it holds of others, as folders from the top of the checkout. */
  readonly packageFolders: readonly string[];
  readonly milliseconds: number;
}

/**
 * Builds the bundle that the image runs: ESM for Node 24, nothing left to install.
 * @param entry absolute path of the module to start from; src/main.ts unless told otherwise.
 * @param file  absolute path of the result; dist/pca-issuer.mjs unless told otherwise.
 * @throws esbuild's BuildFailure, which it has printed already
 */
export async function build({
  entry = join(root, 'src/main.ts'),
  file = join(root, 'dist/pca-issuer.mjs'),
}: { readonly entry?: string; readonly file?: string } = {}): Promise<Bundle> {
  const started = performance.now();
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const { metafile, outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: file,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Parts of the dependencies are CommonJS and call require() for node's own modules.
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    define: { 'process.env.PCA_ISSUER_VERSION': JSON.stringify(version) },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'external',
    plugins: [withoutUnusedModels],
    metafile: true,
    logLevel: 'warning',
  });
  await mkdir(dirname(file), { recursive: true });
  for (const { path, contents } of outputFiles) await replaceFile(path, contents);
  const bytes = Object.values(metafile.outputs).find((output) => output.entryPoint !== undefined)?.bytes ?? 0;
  return { file, version, bytes, packageFolders: packageFolders(metafile), milliseconds: Math.round(performance.now() - started) };
}

/** What somebody may be starting at this moment is never there in part, and stays as it is where it would be the same. */
async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  const former = await readFile(path).catch(() => undefined);
  if (former?.equals(contents) === true) return;
  const unfinished = `${path}.${randomUUID()}.new`;
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
}

/**
 * The Kubernetes client does not say that its 700 generated models do nothing when loaded; only those in use are kept.
 * Its imports carry whole file names, so that joining them is resolving them.
 */
const withoutUnusedModels: Plugin = {
  name: 'without-unused-models',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) =>
      (resolveDir.includes(clientFolder) ? { path: join(resolveDir, path), sideEffects: false } : undefined));
  },
};

/** Builds dist, with what says what is in it. @returns the line that says what was built. */
export async function buildDist(): Promise<string> {
  const built = await build();
  const sha256 = await describeBundle(root, built);
  // What the image's compile cache starts from: a Dockerfile can make no empty folder without a shell.
  await mkdir(join(root, 'dist/empty'), { recursive: true });
  return `${built.file.slice(root.length + 1)}  ${(built.bytes / 1_000_000).toFixed(2)} MB  ${built.packageFolders.length} packages  sha256:${sha256}  ${built.milliseconds} ms`;
}

if (import.meta.main) {
  try {
    console.log(await buildDist());
  } catch (error) {
    // esbuild has printed what is wrong, with the lines in question.
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  }
}
