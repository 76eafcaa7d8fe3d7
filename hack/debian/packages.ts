// Which of Debian's programs are missing, and who installs them? We do, where we are root on a Debian; else one sentence says what to do.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { timed, type Progress } from '../control-plane/progress.ts';
import { Unavailable } from '../test/unavailable.ts';

const run = promisify(execFile);

/** Name of the package -> files of which one is there once it is installed. */
const files = {
  buildah: ['/usr/bin/buildah'],
  // Docker's containerd.io brings one as well, and Debian's package would throw it off.
  runc: ['/usr/sbin/runc', '/usr/bin/runc'],
  iptables: ['/usr/sbin/iptables'],
  iproute2: ['/usr/sbin/ip'],
  'containernetworking-plugins': ['/usr/lib/cni/bridge'],
  chromium: ['/usr/bin/chromium'],
  'fonts-inter': ['/usr/share/doc/fonts-inter/copyright'],
  'fonts-dejavu-core': ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'],
} as const;

export type DebianPackage = keyof typeof files;

/** @returns undefined where packages may be installed, else the sentence that says why not and what to do. */
export function judgeInstallation(missing: readonly string[], { uid, isDebian }: { readonly uid: number; readonly isDebian: boolean }): string | undefined {
  const list = missing.join(', ');
  if (!isDebian) return `${list} cannot be installed, since there is no apt-get here: install what your system calls so.`;
  if (uid !== 0) return `${list} cannot be installed by this user: run as root, or apt-get install ${missing.join(' ')}.`;
  return undefined;
}

/**
 * Installs what is missing, by apt-get, and nothing that is merely recommended; takes nothing away for it.
 * @throws Unavailable with one sentence where that cannot be done.
 */
export async function ensureDebianPackages(wanted: readonly DebianPackage[], { progress, signal }: { readonly progress: Progress; readonly signal?: AbortSignal | undefined }): Promise<void> {
  const missing: DebianPackage[] = [];
  for (const name of wanted) if (!(await Promise.all(files[name].map(exists))).includes(true)) missing.push(name);
  if (missing.length === 0) return;
  const complaint = judgeInstallation(missing, { uid: process.getuid?.() ?? -1, isDebian: await exists('/usr/bin/apt-get') });
  if (complaint !== undefined) throw new Unavailable(complaint);
  const install = async (): Promise<void> => {
    // One of a machine's sources may be gone, and the others have what is wanted.
    const updated = await aptGet(['update', '-q'], { signal }).then(() => undefined, (error: Error) => error);
    await aptGet(['install', '-y', '-q', '--no-install-recommends', '--no-remove', ...missing], { signal }).catch((error: Error) => {
      throw updated === undefined ? error : new Error(`${updated.message}\n${error.message}`, { cause: error });
    });
  };
  try {
    await timed(progress, `Debian: ${missing.join(', ')}`, install, 'installed in');
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Unavailable(`${missing.join(', ')} cannot be installed here: ${(error as Error).message}`, { cause: error });
  }
}

/** Whether another apt-get or dpkg is at work: a machine that has just been started often installs something by itself. */
export function isLocked(complaints: string): boolean {
  return /Could not get lock|is another process using it/.test(complaints);
}

const lockPatienceMs = 300_000;

/** Tries downloads again, and waits for another apt-get that is at work. @returns its output. @throws Error with its last lines. */
export async function aptGet(args: readonly string[], { signal, directory }: { readonly signal?: AbortSignal | undefined; readonly directory?: string } = {}): Promise<string> {
  const options = ['-o', 'Acquire::Retries=3', '-o', `DPkg::Lock::Timeout=${lockPatienceMs / 1_000}`];
  const since = performance.now();
  for (;;) {
    try {
      const { stdout } = await run('apt-get', [...args, ...options], { signal, cwd: directory, maxBuffer: 50_000_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } });
      return stdout;
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      // The option above is for the lock of dpkg alone, not for those of lists and archives.
      if (!isLocked(stderr) || performance.now() - since > lockPatienceMs) throw new Error(`apt-get ${args[0]} failed: ${stderr.trim().split('\n').slice(-4).join('\n')}`, { cause: error });
    }
    await delay(2_000, undefined, signal === undefined ? {} : { signal });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
