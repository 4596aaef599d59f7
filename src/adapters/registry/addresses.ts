/** What an IP address is to us. Ranges: IANA special-purpose registries; metadata addresses from the clouds' documentation. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** `never`: link-local, metadata, unspecified, multicast. `inside`: loopback and private networks. */
export type AddressClass = 'public' | 'inside' | 'never';

const never = new BlockList();
never.addSubnet('0.0.0.0', 8);
never.addSubnet('169.254.0.0', 16);
never.addSubnet('224.0.0.0', 3);
// Metadata services outside the link-local range: Alibaba, Azure, Oracle, AWS over IPv6.
never.addAddress('100.100.100.200');
never.addAddress('168.63.129.16');
never.addAddress('192.0.0.192');
never.addAddress('fd00:ec2::254', 'ipv6');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');

const inside = new BlockList();
inside.addSubnet('10.0.0.0', 8);
inside.addSubnet('100.64.0.0', 10);
inside.addSubnet('127.0.0.0', 8);
inside.addSubnet('172.16.0.0', 12);
inside.addSubnet('192.0.0.0', 24);
inside.addSubnet('192.168.0.0', 16);
inside.addSubnet('198.18.0.0', 15);
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');
inside.addSubnet('fec0::', 10, 'ipv6');

/** Classifies an IP literal; what is no address at all is `never`. An IPv4 address inside an IPv6 one counts as itself. */
export function classifyAddress(address: string): AddressClass {
  const bare = bareHost(address).replace(/%.*$/, '');
  if (isIPv4(bare)) return classOf(bare, 'ipv4');
  if (!isIPv6(bare)) return 'never';
  const embedded = embeddedIPv4(bare);
  if (embedded === undefined) return classOf(bare, 'ipv6');
  return classOf(bare, 'ipv6') === 'never' ? 'never' : classOf(embedded, 'ipv4');
}

function classOf(address: string, family: 'ipv4' | 'ipv6'): AddressClass {
  if (never.check(address, family)) return 'never';
  return inside.check(address, family) ? 'inside' : 'public';
}

/** IPv4-mapped, IPv4-compatible, NAT64 (64:ff9b::/96) and 6to4 (2002::/16) addresses carry an IPv4 address. */
function embeddedIPv4(address: string): string | undefined {
  const groups = expand(address);
  const head = groups.slice(0, 5).every((group) => group === 0);
  const mapped = head && (groups[5] === 0xffff || groups[5] === 0) && (groups[6] ?? 0) !== 0;
  const nat64 = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (mapped || nat64) return dotted(groups[6] ?? 0, groups[7] ?? 0);
  return groups[0] === 0x2002 ? dotted(groups[1] ?? 0, groups[2] ?? 0) : undefined;
}

function expand(address: string): number[] {
  // The URL parser writes every form of an IPv6 address in hexadecimal groups.
  const text = bareHost(URL.parse(`http://[${address}]/`)?.hostname ?? '');
  const [left = '', right] = text.split('::');
  const front = numbers(left);
  const back = right === undefined ? [] : numbers(right);
  return [...front, ...Array<number>(Math.max(0, 8 - front.length - back.length)).fill(0), ...back];
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** `[::1]` -> `::1`, lower case. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}
