import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSettings, flagOf, parseSettings, table, type Settings } from './settings.ts';

function settingsOf(...args: readonly string[]): Settings {
  const parsed = parseSettings(args, {});
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.settings;
}

test('every default is a value of its own flag', () => {
  const settings = settingsOf();
  assert.equal(settings.defaultDuration, 30 * 86_400_000);
  assert.equal(settings.clusterIssuerAmbientCredentials, true);
  assert.equal(settings.issuerAmbientCredentials, false);
});

test('leader election is off unless asked for, as aws-privateca-issuer has it', () => {
  assert.equal(settingsOf().leaderElect, false);
  const settings = settingsOf('--leader-elect', '--leader-election-namespace=pca-issuer');
  assert.deepEqual([settings.leaderElect, settings.leaderElectionNamespace], [true, 'pca-issuer']);
});

test('flags take one dash or two, and booleans stand alone or carry Go\'s words', () => {
  assert.equal(settingsOf('-disable-approved-check').disableApprovedCheck, true);
  assert.equal(settingsOf('--disable-approved-check=T').disableApprovedCheck, true);
  assert.equal(settingsOf('--cluster-issuer-ambient-credentials=0').clusterIssuerAmbientCredentials, false);
  assert.equal(settingsOf('--kubeconfig', '/tmp/k').kubeconfig, '/tmp/k');
  assert.equal(settingsOf('-kubeconfig=/tmp/k').kubeconfig, '/tmp/k');
});

test('a flag wins over its variable, and a variable over the default', () => {
  const environment = { PCA_ISSUER_LOG_LEVEL: 'debug' };
  const one = parseSettings([], environment);
  const two = parseSettings(['--log-level=warn'], environment);
  assert.ok(one.ok && two.ok);
  assert.equal(one.settings.logLevel, 'debug');
  assert.equal(two.settings.logLevel, 'warn');
});

test('all problems are told at once, each with flag, value and way out', () => {
  const parsed = parseSettings(['--colour', '--log-level=loud', '--default-duration=1s', '--kubeconfig'], { PCA_ISSUER_LOG_FORMAT: 'xml' });
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.problems, [
    '--colour is not a flag of this command; --help lists them',
    '--kubeconfig wants a value (FILE)',
    '--default-duration is "1s", which is no DURATION; the default is 720h',
    '--log-level is "loud", which is no debug|info|warn|error; the default is info',
    'PCA_ISSUER_LOG_FORMAT is "xml", which is no json|text; the default is json',
  ]);
});

test('a boolean is never two words: the second one is refused', () => {
  const parsed = parseSettings(['--disable-approved-check', 'false'], {});
  assert.ok(!parsed.ok);
});

test('namespaces to watch are names between commas; without any, all are watched', () => {
  assert.deepEqual(settingsOf().watchNamespaces, []);
  assert.deepEqual(settingsOf('--watch-namespaces=').watchNamespaces, []);
  assert.deepEqual(settingsOf('--watch-namespaces=team-a, team-b,,team-a').watchNamespaces, ['team-a', 'team-b']);
  assert.ok(!parseSettings(['--watch-namespaces=team-a,Team_B'], {}).ok);
});

test('help names every flag', () => {
  const help = describeSettings();
  for (const name of Object.keys(table)) assert.match(help, new RegExp(`--${flagOf(name as keyof Settings)} `));
});
