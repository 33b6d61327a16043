import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Names for groups of networks that proxies often stand in. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** True for what {@link TrustedProxies} understands: an address, a network (`10.0.0.0/8`), `loopback` or `private`. */
export function isNetwork(text: string): boolean {
  if (Object.hasOwn(NAMED, text)) return true;
  const [address, prefix, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isIPv4(address) ? 32 : 128));
}

/**
 * Tells where a request really came from. A proxy adds the address it was asked from to the right of `X-Forwarded-For`; what
 * stands further left, anybody may have written. So the header is read from the right, past proxies that are trusted.
 */
export class TrustedProxies {
  private readonly networks: BlockList | undefined;

  /** @param networks as {@link isNetwork} takes them; none: the header is not read */
  constructor(networks: readonly string[]) {
    if (networks.length === 0) return;
    this.networks = new BlockList();
    for (const network of networks.flatMap((name) => NAMED[name] ?? [name])) {
      const [address, prefix] = network.split('/');
      if (prefix === undefined) this.networks.addAddress(address, familyOf(address));
      else this.networks.addSubnet(address, Number(prefix), familyOf(address));
    }
  }

  /** True when some proxy is trusted. */
  get any(): boolean {
    return this.networks !== undefined;
  }

  /** The address of the client: that of the socket, or the first one before it that is no trusted proxy's. */
  clientOf(socketAddress: string | undefined, forwardedFor: string | string[] | undefined): string {
    let client = plain(socketAddress ?? '');
    if (!this.networks || forwardedFor === undefined) return client;
    const hops = String(forwardedFor).split(',');
    for (let hop = hops.pop(); hop !== undefined && this.trusts(client); hop = hops.pop()) {
      const before = plain(hop.trim());
      // Nobody has an address that is none: whoever wrote it is the last one known.
      if (isIP(before) === 0) return client;
      client = before;
    }
    return client;
  }

  private trusts(address: string): boolean {
    return isIP(address) !== 0 && this.networks!.check(address, familyOf(address));
  }
}

/** What limits count by: an IPv4 address, or the /64 network that an IPv6 client has for itself. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head, tail] = address.split('%', 1)[0].split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    // A dotted tail stands for two groups.
    const missing = 8 - groups.length - after.length - (tail.includes('.') ? 1 : 0);
    groups.push(...Array<string>(Math.max(missing, 0)).fill('0'), ...after);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`;
}

/** An IPv4 address as itself also where a socket of both families shows it. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
