import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommand, UsageError } from './cli-arguments.ts';

test('each subcommand is understood, with the name "default" unless told', () => {
  const cases: readonly [string, unknown][] = [
    ['up', { kind: 'up', name: 'default', istio: false, node: false }],
    ['up --node', { kind: 'up', name: 'default', istio: false, node: true }],
    ['up --name a --istio', { kind: 'up', name: 'a', istio: true, node: false }],
    ['down --name=a', { kind: 'down', names: ['a'] }],
    ['down --all', { kind: 'down', names: 'all' }],
    ['list', { kind: 'list' }],
    ['logs', { kind: 'logs', name: 'default', component: undefined, follow: false }],
    ['logs cert-manager -f --name a', { kind: 'logs', name: 'a', component: 'cert-manager', follow: true }],
    ['up --help', { kind: 'help' }],
    ['', { kind: 'help' }],
  ];
  for (const [line, command] of cases) assert.deepEqual(parseCommand(line.split(' ').filter(Boolean)), command);
});

test('kubectl gets every argument that is its own, dashes and help included', () => {
  assert.deepEqual(parseCommand(['kubectl', '--name', 'a', '--', 'get', 'pods', '-A']), { kind: 'kubectl', name: 'a', args: ['get', 'pods', '-A'] });
  assert.deepEqual(parseCommand(['kubectl', '--name=a', 'get', '--', '--help']), { kind: 'kubectl', name: 'a', args: ['get', '--', '--help'] });
  assert.deepEqual(parseCommand(['kubectl', 'get', '--help', '--name', 'x']), { kind: 'kubectl', name: 'default', args: ['get', '--help', '--name', 'x'] });
});

test('a wrong argument is named, with what would be right', () => {
  const cases: readonly [readonly string[], RegExp][] = [
    [['start'], /no subcommand "start": use up, down/],
    [['up', '--nam', 'a'], /up: Unknown option '--nam'\. Its flags: --name, --istio, --node\./],
    [['up', 'a'], /up: "a" is one word too many/],
    [['up', '--name'], /up: .*--name/],
    [['down', '--all', '--name', 'a'], /--name or --all, not both/],
    [['list', '--all'], /list: Unknown option '--all'\. Its flags: none\./],
    [['kubectl', '--name'], /--name needs a value/],
  ];
  for (const [argv, message] of cases) {
    assert.throws(() => parseCommand(argv), (error) => error instanceof UsageError && message.test(error.message));
  }
});
