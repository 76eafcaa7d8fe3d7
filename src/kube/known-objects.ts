// What do we know of the objects of one kind, and who hears of a change? Keeps a few words per object, never the object.
import { record, text, type Json } from '../domain/json.ts';
import type { Logger } from '../runtime/ports.ts';

export interface ObjectKey {
  /** Empty for a cluster-wide kind. */
  readonly namespace: string;
  readonly name: string;
}

export interface Known<Entry> {
  readonly key: ObjectKey;
  /** What `read` made of the object when it was last seen. */
  readonly entry: Entry;
}

export interface Change<Entry> extends Known<Entry> {
  readonly type: 'added' | 'modified' | 'deleted';
}

export interface KnownObjectsOptions<Entry> {
  /** The little that is kept of an object; undefined where it is not ours. */
  readonly read: (object: Json) => Entry | undefined;
  /** Where false, a change is told and nothing is kept; its end is not told then. Left out: everything of ours is kept. */
  readonly isKept?: (entry: Entry) => boolean;
  /** May come again with nothing new in it. Must not wait: queue the key and return. */
  readonly onChange: (change: Change<Entry>) => void;
  readonly logger: Logger;
}

export class KnownObjects<Entry> {
  readonly #options: KnownObjectsOptions<Entry>;
  readonly #objects = new Map<string, Known<Entry> & { readonly uid: string }>();

  constructor(options: KnownObjectsOptions<Entry>) {
    this.#options = options;
  }

  values(): Iterable<Known<Entry>> {
    return this.#objects.values();
  }

  /** The object exists, and this is what it looks like. One with another uid than before is another object. @returns its id where it is kept. */
  learn(object: Json): string | undefined {
    const key = keyOf(object);
    const id = textOf(key);
    const entry = this.#read(object);
    if (entry === undefined) {
      this.#unlearn(id);
      return undefined;
    }
    const uid = text(record(object['metadata'])['uid']);
    const former = this.#objects.get(id);
    // Somebody else has the name now, and the end of the one who had it was missed.
    if (former !== undefined && former.uid !== uid) this.#unlearn(id);
    const type = this.#objects.has(id) ? 'modified' : 'added';
    const isKept = this.#options.isKept?.(entry) ?? true;
    if (isKept) this.#objects.set(id, { key, entry, uid });
    else this.#objects.delete(id);
    this.#tell({ type, key, entry });
    return isKept ? id : undefined;
  }

  /** The object exists no longer. */
  forget(object: Json): void {
    this.#unlearn(textOf(keyOf(object)));
  }

  /** Whatever is not among `ids` was deleted while nobody watched. */
  retain(ids: ReadonlySet<string>): void {
    for (const id of this.#objects.keys()) if (!ids.has(id)) this.#unlearn(id);
  }

  #unlearn(id: string): void {
    const known = this.#objects.get(id);
    if (known === undefined) return;
    this.#objects.delete(id);
    this.#tell({ type: 'deleted', key: known.key, entry: known.entry });
  }

  #read(object: Json): Entry | undefined {
    try {
      return this.#options.read(object);
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  /** Who listens must not break the watch. */
  #tell(change: Change<Entry>): void {
    try {
      this.#options.onChange(change);
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.#options.logger.error('what a watch told made its listener throw: this is a bug of pca-issuer', { stack });
  }
}

function keyOf(object: Json): ObjectKey {
  const metadata = record(object['metadata']);
  return { namespace: text(metadata['namespace']), name: text(metadata['name']) };
}

function textOf(key: ObjectKey): string {
  return `${key.namespace}/${key.name}`;
}
