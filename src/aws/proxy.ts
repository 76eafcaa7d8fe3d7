// Does a call go through a proxy, and through which? HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go's net/http reads them, because
// that is what people who come from aws-privateca-issuer have set.
import { BlockList, isIP } from 'node:net';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Target {
  /** 'https:' or 'http:'. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

export type ProxyChoice =
  | { readonly kind: 'direct' }
  /** `name` is the URL without user and password, to be told. */
  | { readonly kind: 'proxy'; readonly url: string; readonly name: string }
  | { readonly kind: 'unusable'; readonly message: string };

const direct: ProxyChoice = { kind: 'direct' };

/** This machine, and where EKS, ECS and EC2 hand out credentials: never a proxy's business. */
const alwaysDirect = new BlockList();
alwaysDirect.addSubnet('127.0.0.0', 8, 'ipv4');
alwaysDirect.addSubnet('169.254.0.0', 16, 'ipv4');
alwaysDirect.addAddress('::1', 'ipv6');
alwaysDirect.addSubnet('fd00:ec2::', 32, 'ipv6');

export function chooseProxy(environment: Environment, target: Target): ProxyChoice {
  const variable = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = read(environment, variable);
  if (value === '' || isDirect(target, read(environment, 'NO_PROXY'))) return direct;
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return { kind: 'unusable', message: `${variable} is not the URL of an HTTP proxy; one looks like http://proxy.example.com:3128` };
  }
  return { kind: 'proxy', url: url.href, name: url.origin };
}

function read(environment: Environment, name: string): string {
  return (environment[name] ?? environment[name.toLowerCase()] ?? '').trim();
}

function isDirect({ protocol, hostname, port }: Target, noProxy: string): boolean {
  const host = bare(hostname.toLowerCase());
  if (host === 'localhost' || isWithin(alwaysDirect, host)) return true;
  const entries = noProxy.toLowerCase().split(',').map((entry) => entry.trim()).filter((entry) => entry !== '');
  return entries.some((entry) => matches(entry, host, port ?? (protocol === 'https:' ? 443 : 80)));
}

/** `example.com` means it and all below it, `.example.com` and `*.example.com` only what is below; a port narrows any of them. */
function matches(entry: string, host: string, port: number): boolean {
  if (entry === '*') return true;
  const [, network, bits] = /^([\da-f.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
  if (network !== undefined) return isInNetwork(network, Number(bits), host);
  const [, before, onlyPort] = isIP(bare(entry)) === 0 ? (/^(.+):(\d+)$/.exec(entry) ?? []) : [];
  if (onlyPort !== undefined && Number(onlyPort) !== port) return false;
  const name = bare(before ?? entry).replace(/^\*\./, '.');
  return name.startsWith('.') ? host.endsWith(name) : host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function isInNetwork(network: string, bits: number, host: string): boolean {
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0 || bits > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return isWithin(list, host);
}

function isWithin(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets of an IPv6 address. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
