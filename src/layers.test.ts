// The plan of the house holds: imports go one way down, and each library is known in one room only (docs/architecture.md).
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

interface Rule {
  /** Rooms that may be imported for values and types. */
  readonly rooms: readonly string[];
  /** Files or rooms of which only types may be imported. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

const everyRoom = ['app', 'observe', 'kube', 'aws', 'controller', 'preflight', 'verify', 'revoke', 'domain', 'pki', 'runtime'];

const rules: Readonly<Record<string, Rule>> = {
  main: { rooms: ['commands', 'app'] },
  commands: { rooms: everyRoom },
  app: { rooms: everyRoom },
  observe: { rooms: ['runtime'], packages: ['winston', 'prom-client'] },
  kube: { rooms: ['domain', 'runtime'], types: ['controller/ports', 'aws/ports'], packages: ['undici', '@kubernetes/client-node'] },
  aws: { rooms: ['domain', 'runtime'], types: ['controller/ports'], packages: ['@aws-sdk/client-acm-pca', '@aws-sdk/credential-providers'] },
  controller: { rooms: ['domain', 'pki', 'runtime'] },
  preflight: { rooms: ['domain', 'pki'] },
  verify: { rooms: ['domain', 'pki'], packages: ['node:crypto'] },
  revoke: { rooms: ['domain', 'pki'] },
  domain: { rooms: [], types: ['pki'], packages: ['node:crypto'] },
  pki: { rooms: [], packages: ['node:crypto', 'node:buffer', 'node:net'] },
  runtime: { rooms: [] },
};

/** Rooms for which node's own modules are free; domain and pki name theirs above. */
const roomsWithNode = new Set(['main', 'commands', 'app', 'observe', 'kube', 'aws', 'runtime']);

interface Import {
  readonly target: string;
  readonly isTypeOnly: boolean;
}

function importsOf(source: string): readonly Import[] {
  const found: Import[] = [];
  for (const match of source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)) {
    found.push({ target: match[2] ?? '', isTypeOnly: match[1] !== undefined });
  }
  for (const match of source.matchAll(/\bimport\(\s*'([^']+)'/g)) found.push({ target: match[1] ?? '', isTypeOnly: false });
  return found;
}

/** @returns the sentence that names the wrong import, or undefined. */
function fault(file: string, { target, isTypeOnly }: Import): string | undefined {
  const room = file.includes('/') ? (file.split('/')[0] ?? '') : 'main';
  const rule = rules[room];
  if (rule === undefined) return `${file}: no room is called ${room}`;
  if (!target.startsWith('.')) {
    const isAllowed = rule.packages?.includes(target) === true || (target.startsWith('node:') && roomsWithNode.has(room));
    return isAllowed ? undefined : `${file}: ${room} may not import ${target}`;
  }
  const to = path.posix.normalize(path.posix.join(path.posix.dirname(file), target)).replace(/\.ts$/, '');
  if (to.startsWith('..')) return `${file}: src imports nothing from outside (${target})`;
  const toRoom = to.split('/')[0] ?? '';
  if (toRoom === room || rule.rooms.includes(toRoom)) return undefined;
  if (isTypeOnly && (rule.types?.includes(toRoom) === true || rule.types?.includes(to) === true)) return undefined;
  return `${file}: ${room} may not import ${to}${isTypeOnly ? '' : ' (as a value)'}`;
}

const isTest = (file: string): boolean => file.endsWith('.test.ts') || /(^|\/)(fake-|test-)/.test(file);

test('imports go one way down, and each library stays in its room', () => {
  const files = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((file) => !isTest(file));
  assert.ok(files.length > 30, `only ${files.length} files were found`);
  const faults = files.flatMap((file) =>
    importsOf(readFileSync(path.join(import.meta.dirname, file), 'utf8')).map((each) => fault(file, each)),
  );
  assert.deepEqual(faults.filter((each) => each !== undefined), []);
});

test('the rule sees a wrong import of every kind', () => {
  const wrong = [
    ['domain/plan.ts', `import { readCsr } from '../pki/csr.ts';`],
    ['domain/plan.ts', `import type { Clock } from '../runtime/clock.ts';`],
    ['aws/clients.ts', `import { makeLogger } from '../observe/logger.ts';`],
    ['kube/requests.ts', `import { x } from '../controller/ports.ts';`],
    ['controller/ports.ts', `import { request } from 'undici';`],
    ['runtime/clock.ts', `export { gate } from '../domain/gate.ts';`],
    ['pki/csr.ts', `const x = await import('../domain/gate.ts');`],
    ['pki/csr.ts', `import * as pkijs from 'pkijs';`],
    ['app/compose.ts', `import { startEmulator } from '../../hack/pca-emulator/src/server.ts';`],
  ] as const;
  for (const [file, source] of wrong) {
    assert.ok(importsOf(source).some((each) => fault(file, each) !== undefined), `${file}: ${source} passed`);
  }
  assert.equal(fault('domain/plan.ts', { target: '../pki/csr.ts', isTypeOnly: true }), undefined);
});
