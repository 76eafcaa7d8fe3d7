// What did a controller write to the API server? Its audit log knows every write by user.
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes by what was written: `update certificaterequests/status`. Refused ones carry their code: `create events, refused with 403`. */
export type Writes = Readonly<Record<string, number>>;

interface AuditEvent {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code: number };
}

/** @param lines of an audit log @param username whose writes count */
export function countWrites(lines: string, username: string): Writes {
  const counts: Record<string, number> = {};
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { verb, user, objectRef, responseStatus } = JSON.parse(line) as AuditEvent;
    if (user.username !== username) continue;
    const { resource = 'unknown', subresource } = objectRef ?? {};
    const { code = 0 } = responseStatus ?? {};
    const what = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${code >= 400 ? `, refused with ${code}` : ''}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

export interface AuditMark {
  /** What has been written by a user since the mark. */
  writesOf(username: string): Promise<Writes>;
}

/** @param directory of a control plane that was started with `audit` */
export async function markAudit(directory: string): Promise<AuditMark> {
  const file = join(directory, 'audit.log');
  const { size } = await stat(file);
  return {
    async writesOf(username) {
      const handle = await open(file);
      try {
        const text = (await handle.read({ position: size, buffer: Buffer.alloc((await handle.stat()).size - size) })).buffer.toString('utf8');
        // The last line may be on its way.
        return countWrites(text.slice(0, text.lastIndexOf('\n') + 1), username);
      } finally {
        await handle.close();
      }
    },
  };
}
