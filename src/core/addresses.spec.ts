import { describe, expect, it } from 'vitest';
import { isNetwork, networkOf, TrustedProxies } from './addresses.js';

describe('A network', () => {
  it.each(['10.0.0.1', '10.0.0.0/8', '::1', 'fc00::/7', 'loopback', 'private', '0.0.0.0/0'])('is %s', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  it.each(['', 'proxy', '10.0.0', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/-1', 'constructor'])(
    'is not %j',
    (text) => {
      expect(isNetwork(text)).toBe(false);
    },
  );
});

describe('The client of a request', () => {
  const nobody = new TrustedProxies([]);
  const ours = new TrustedProxies(['10.0.0.0/8', '::1']);

  it('is who holds the socket, where no proxy is trusted, whatever the header says', () => {
    expect(nobody.clientOf('203.0.113.9', '198.51.100.7')).toBe('203.0.113.9');
    expect(nobody.any).toBe(false);
  });

  it('is who holds the socket, where that is no trusted proxy: anybody can write a header', () => {
    expect(ours.clientOf('203.0.113.9', '198.51.100.7')).toBe('203.0.113.9');
  });

  it('is the one a trusted proxy was asked by', () => {
    expect(ours.clientOf('10.1.2.3', '198.51.100.7')).toBe('198.51.100.7');
    expect(ours.clientOf('::1', '2001:db8::7')).toBe('2001:db8::7');
    expect(ours.clientOf('::ffff:10.1.2.3', ' ::ffff:198.51.100.7 ')).toBe('198.51.100.7');
  });

  it('is not what the client wrote in front of it', () => {
    expect(ours.clientOf('10.1.2.3', '127.0.0.1, 192.0.2.1, 198.51.100.7')).toBe('198.51.100.7');
    expect(ours.clientOf('10.1.2.3', ['127.0.0.1', '198.51.100.7'])).toBe('198.51.100.7');
  });

  it('is found behind several trusted proxies', () => {
    expect(ours.clientOf('10.1.2.3', '198.51.100.7, 10.9.9.9')).toBe('198.51.100.7');
    expect(ours.clientOf('10.1.2.3', '10.5.5.5, 10.9.9.9')).toBe('10.5.5.5');
  });

  it('is the proxy itself where it says nothing that can be read', () => {
    expect(ours.clientOf('10.1.2.3', undefined)).toBe('10.1.2.3');
    expect(ours.clientOf('10.1.2.3', 'unknown')).toBe('10.1.2.3');
    expect(ours.clientOf('10.1.2.3', '')).toBe('10.1.2.3');
    expect(ours.clientOf(undefined, '198.51.100.7')).toBe('');
  });
});

describe('What limits count by', () => {
  it('is an IPv4 address', () => {
    expect(networkOf('198.51.100.7')).toBe('198.51.100.7');
    expect(networkOf('')).toBe('');
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ])('is the network of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
