// From what is an image made where no registry can be reached? From npm's node and the three Debian packages that it is linked to.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aptGet } from '../debian/packages.ts';
import { Unavailable } from '../test/unavailable.ts';

const run = promisify(execFile);

const libraries = ['libc6', 'libstdc++6', 'libgcc-s1'];

const files = {
  Dockerfile: 'FROM scratch\nCOPY rootfs/ /\nENV PATH=/nodejs/bin\n',
  'rootfs/etc/passwd': 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n',
  'rootfs/etc/group': 'root:x:0:\nnonroot:x:65532:\n',
  'rootfs/etc/nsswitch.conf': 'hosts: files dns\n',
};

/** @returns hexadecimal digits that change when Debian has another version of a library, or this file another layout. */
export async function baseKey(signal?: AbortSignal): Promise<string> {
  const ask = (): Promise<string> => aptGet(['download', '--print-uris', ...libraries], { signal });
  // Images of Debian come without apt's lists.
  const offers = await ask().catch(() => aptGet(['update', '-q'], { signal }).then(ask)).catch(noRegistry);
  const checksums = offers.split('\n').map((line) => line.split(' ').at(-1) ?? '').toSorted();
  return createHash('sha256').update(JSON.stringify([checksums, files, 1])).digest('hex').slice(0, 12);
}

function noRegistry(error: Error): never {
  throw new Unavailable(`No image registry can be reached, and no base can be made of Debian's packages either: ${error.message}`, { cause: error });
}

/**
 * Lays out what distroless has for Node: node in /nodejs/bin, its libraries, the user 65532, /tmp; no shell, no package manager.
 * @param nodeBinary  the node that the image shall run
 * @returns a folder with a Dockerfile, to be removed by the caller.
 * @throws Unavailable with one sentence where there is no apt-get, or it gets nothing.
 */
export async function layOutBase(nodeBinary: string, signal?: AbortSignal): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), 'pca-issuer-base-'));
  try {
    const debs = join(context, 'debs');
    const rootfs = join(context, 'rootfs');
    for (const folder of [debs, ...['etc', 'nodejs/bin', 'home/nonroot', 'var/lib/dpkg/status.d'].map((path) => join(rootfs, path))]) await mkdir(folder, { recursive: true });
    await chmod(debs, 0o777); // apt downloads as a user of its own
    await chmod(context, 0o755);
    const download = (): Promise<string> => aptGet(['download', '-q', ...libraries], { signal, directory: debs });
    // Old lists name versions that the mirror has no more.
    await download().catch(() => aptGet(['update', '-q'], { signal }).then(download)).catch(noRegistry);
    for (const deb of (await readdir(debs)).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['-x', join(debs, deb), rootfs], { signal });
      const { stdout } = await run('dpkg-deb', ['-f', join(debs, deb)], { signal });
      // Where scanners look in images without a package manager.
      await writeFile(join(rootfs, 'var/lib/dpkg/status.d', deb.split('_')[0] ?? deb), stdout);
    }
    await rm(debs, { recursive: true });
    await keepOnlyCopyrights(join(rootfs, 'usr/share'));
    await mkdir(join(rootfs, 'tmp'));
    await chmod(join(rootfs, 'tmp'), 0o1777);
    await copyFile('/etc/os-release', join(rootfs, 'etc/os-release'));
    await copyFile(nodeBinary, join(rootfs, 'nodejs/bin/node'));
    await chmod(join(rootfs, 'nodejs/bin/node'), 0o755);
    for (const [name, text] of Object.entries(files)) await writeFile(join(context, name), text);
    return context;
  } catch (error) {
    await rm(context, { recursive: true, force: true });
    throw error;
  }
}

/** Manuals and lists for other programs stay behind, licences do not. */
async function keepOnlyCopyrights(share: string): Promise<void> {
  for (const entry of await readdir(share)) if (entry !== 'doc') await rm(join(share, entry), { recursive: true });
  for (const entry of await readdir(join(share, 'doc'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name !== 'copyright') await rm(join(entry.parentPath, entry.name));
  }
}
