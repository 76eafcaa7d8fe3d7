import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseProxy, type Environment } from './proxy.ts';

const pca = { protocol: 'https:', hostname: 'acm-pca.eu-west-1.amazonaws.com' };
const proxy = 'http://proxy.example.com:3128';

function kindOf(environment: Environment, hostname = pca.hostname, protocol = 'https:', port?: number): string {
  return chooseProxy(environment, { protocol, hostname, port }).kind;
}

test('HTTPS_PROXY goes for https, HTTP_PROXY for http, in either case of letters', () => {
  for (const name of ['HTTPS_PROXY', 'https_proxy']) assert.deepEqual([kindOf({ [name]: proxy }), kindOf({ [name]: proxy }, 'a.test', 'http:')], ['proxy', 'direct'], name);
  for (const name of ['HTTP_PROXY', 'http_proxy']) assert.deepEqual([kindOf({ [name]: proxy }), kindOf({ [name]: proxy }, 'a.test', 'http:')], ['direct', 'proxy'], name);
  assert.equal(kindOf({}), 'direct');
  assert.equal(kindOf({ HTTPS_PROXY: ' ' }), 'direct');
});

test('a proxy is told without its user and password', () => {
  assert.deepEqual(chooseProxy({ HTTPS_PROXY: 'http://me:hush@proxy.example.com:3128/' }, pca), {
    kind: 'proxy',
    url: 'http://me:hush@proxy.example.com:3128/',
    name: proxy,
  });
  assert.deepEqual(chooseProxy({ HTTPS_PROXY: 'proxy.example.com:3128' }, pca), { kind: 'proxy', url: `${proxy}/`, name: proxy });
});

test('what is no HTTP proxy is told by the name of its variable alone', () => {
  for (const value of ['socks5://me:hush@proxy:1080', 'http://me:hush@', '://', 'http://me:hush@proxy:99999']) {
    const choice = chooseProxy({ HTTPS_PROXY: value }, pca);
    assert.ok(choice.kind === 'unusable', value);
    assert.match(choice.message, /^HTTPS_PROXY is not/);
    assert.doesNotMatch(choice.message, /hush/);
  }
});

test('NO_PROXY has names, what is below them, addresses, networks and ports', () => {
  const rows: readonly (readonly [noProxy: string, host: string, kind: string, port?: number])[] = [
    ['amazonaws.com', pca.hostname, 'direct'],
    ['.amazonaws.com', pca.hostname, 'direct'],
    ['*.amazonaws.com', pca.hostname, 'direct'],
    ['.amazonaws.com', 'amazonaws.com', 'proxy'],
    ['ACM-PCA.eu-west-1.amazonaws.com', pca.hostname, 'direct'],
    ['zonaws.com', pca.hostname, 'proxy'],
    ['a.test, *', pca.hostname, 'direct'],
    [' , a.test ,', 'a.test', 'direct'],
    ['amazonaws.com:443', pca.hostname, 'direct'],
    ['amazonaws.com:8443', pca.hostname, 'proxy'],
    ['amazonaws.com:8443', pca.hostname, 'direct', 8443],
    ['10.0.0.0/8', '10.1.2.3', 'direct'],
    ['10.0.0.0/8', '11.1.2.3', 'proxy'],
    ['10.0.0.0/99', '10.1.2.3', 'proxy'],
    ['10.1.2.3', '10.1.2.3', 'direct'],
    ['10.1.2.3:443', '10.1.2.3', 'direct'],
    ['2.3', '10.1.2.3', 'proxy'],
    ['2001:db8::/32', '[2001:db8::1]', 'direct'],
    ['2001:db8::1', '[2001:db8::1]', 'direct'],
    ['[2001:db8::1]:443', '2001:db8::1', 'direct'],
    ['2001:db8::2', '2001:db8::1', 'proxy'],
  ];
  for (const [NO_PROXY, host, kind, port] of rows) {
    assert.equal(kindOf({ HTTPS_PROXY: proxy, NO_PROXY }, host, 'https:', port), kind, `${NO_PROXY} ${host}`);
    assert.equal(kindOf({ HTTPS_PROXY: proxy, no_proxy: NO_PROXY }, host, 'https:', port), kind, `no_proxy ${NO_PROXY} ${host}`);
  }
});

test('this machine and the places that hand out credentials never go through a proxy', () => {
  for (const host of ['localhost', '127.0.0.1', '::1', '169.254.170.2', '169.254.170.23', '[fd00:ec2::23]', '169.254.169.254', '[fd00:ec2::254]']) {
    assert.equal(kindOf({ HTTP_PROXY: proxy }, host, 'http:'), 'direct', host);
  }
});
