// What verify may find, by name: how grave each is, and to which part of a `cacerts` it belongs.

/**
 * - error: istiod refuses it, or workloads do, or it will when something is renewed.
 * - warning: it works, and wants a decision.
 */
export type Level = 'error' | 'warning';

/** The lines of the report; `mesh` is what stands between clusters. */
export type Area = 'format' | 'key' | 'chain' | 'roots' | 'dates' | 'surroundings' | 'mesh';

const table = {
  'empty-value': ['format', 'error'],
  'unreadable-pem': ['format', 'error'],
  'unreadable-certificate': ['format', 'error'],
  'foreign-block': ['format', 'error'],
  'no-final-newline': ['format', 'error'],
  'glued-blocks': ['format', 'error'],
  crlf: ['format', 'error'],
  'stray-text': ['format', 'error'],
  'not-canonical': ['format', 'error'],

  'encrypted-key': ['key', 'error'],
  'unreadable-key': ['key', 'error'],
  'key-mismatch': ['key', 'error'],
  'weak-key': ['key', 'error'],

  'not-a-ca': ['chain', 'error'],
  'key-usage-missing': ['chain', 'error'],
  'wrong-purpose': ['chain', 'error'],
  'path-length': ['chain', 'error'],
  'shuffled-chain': ['chain', 'error'],
  'missing-intermediate': ['chain', 'error'],
  'root-signs': ['chain', 'error'],
  'weak-signature': ['chain', 'error'],
  'unknown-critical-extension': ['chain', 'error'],
  'workload-refused': ['chain', 'error'],
  'name-constraints': ['chain', 'warning'],
  'root-in-chain': ['chain', 'warning'],
  'unused-certificate': ['chain', 'warning'],

  'wrong-root': ['roots', 'error'],
  'subordinate-as-root': ['roots', 'error'],
  'root-is-no-ca': ['roots', 'error'],
  'several-roots': ['roots', 'warning'],
  'duplicate-roots': ['roots', 'warning'],

  expired: ['dates', 'error'],
  'not-yet-valid': ['dates', 'error'],
  'ends-before-workloads': ['dates', 'error'],
  'renewal-overdue': ['dates', 'warning'],
  'renewed-too-late': ['dates', 'warning'],
  'outlives-its-issuer': ['dates', 'warning'],

  'old-root-handed-out': ['surroundings', 'error'],
  'istio-generated': ['surroundings', 'warning'],
  'classic-keys': ['surroundings', 'warning'],
  'crl-not-read': ['surroundings', 'warning'],

  'mixed-up-clusters': ['mesh', 'error'],
  'different-roots': ['mesh', 'error'],
  'peer-refuses': ['mesh', 'error'],
  'counter-check-failed': ['mesh', 'error'],
} as const satisfies Readonly<Record<string, readonly [Area, Level]>>;

export type FindingName = keyof typeof table;

export const findingNames = Object.keys(table) as readonly FindingName[];

export interface Finding {
  readonly name: FindingName;
  readonly area: Area;
  readonly level: Level;
  /** Such as `ca.crt`, or `tls.crt, block 2`. */
  readonly about: string;
  /** What is so, and what follows: a sentence. */
  readonly what: string;
  /** The way out: a sentence. */
  readonly todo: string;
}

/** What a judge says; name, area and level are the table's. */
export function found(name: FindingName, about: string, what: string, todo: string): Finding {
  const [area, level] = table[name];
  return { name, area, level, about, what, todo };
}

export function levelOf(name: FindingName): Level {
  return table[name][1];
}
