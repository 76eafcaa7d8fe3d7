// A general name as the API describes it, written as DER.
import { isIPv4, isIPv6 } from 'node:net';
import { ApiError } from '../wire/api-error.ts';
import { explicit, implicit, objectIdentifier, read, utf8String } from './der.ts';
import { nameDer, type Subject } from './distinguished-name.ts';

export interface GeneralName {
  readonly OtherName?: { readonly TypeId: string; readonly Value: string };
  readonly Rfc822Name?: string;
  readonly DnsName?: string;
  readonly DirectoryName?: Subject;
  readonly EdiPartyName?: { readonly PartyName: string; readonly NameAssigner?: string };
  readonly UniformResourceIdentifier?: string;
  readonly IpAddress?: string;
  readonly RegisteredId?: string;
}

/**
 * @throws ApiError InvalidArgsException unless exactly one member is given and it can be written
 */
export function generalName(name: GeneralName): Buffer {
  const given = Object.values(name).filter((value) => value !== undefined);
  if (given.length !== 1) throw new ApiError('InvalidArgsException', 'A general name must have exactly one of its members.');
  if (name.OtherName) return explicit(0, objectIdentifier(name.OtherName.TypeId), explicit(0, utf8String(name.OtherName.Value)));
  if (name.Rfc822Name !== undefined) return implicit(1, Buffer.from(name.Rfc822Name, 'latin1'));
  if (name.DnsName !== undefined) return implicit(2, Buffer.from(name.DnsName, 'latin1'));
  if (name.DirectoryName) return explicit(4, nameDer(name.DirectoryName));
  if (name.EdiPartyName) {
    const { NameAssigner, PartyName } = name.EdiPartyName;
    const assigner = NameAssigner === undefined ? [] : [explicit(0, utf8String(NameAssigner))];
    return explicit(5, ...assigner, explicit(1, utf8String(PartyName)));
  }
  if (name.UniformResourceIdentifier !== undefined) return implicit(6, Buffer.from(name.UniformResourceIdentifier, 'latin1'));
  if (name.IpAddress !== undefined) return implicit(7, addressBytes(name.IpAddress));
  if (name.RegisteredId !== undefined) return implicit(8, read(objectIdentifier(name.RegisteredId)).content);
  throw new ApiError('InvalidArgsException', 'A general name of an unknown kind.');
}

/** @throws ApiError InvalidArgsException unless it is an IPv4 or IPv6 address */
export function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  if (!isIPv6(text)) throw new ApiError('InvalidArgsException', `${text} is not an IP address.`);
  const [head = '', tail] = text.split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const middle = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => 0);
  return Buffer.from([...before, ...middle, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 16-bit groups of one side of `::`, an embedded IPv4 tail included. */
function groups(side: string): number[] {
  return side
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (!isIPv4(group)) return [Number.parseInt(group, 16)];
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
      return [a * 256 + b, c * 256 + d];
    });
}
