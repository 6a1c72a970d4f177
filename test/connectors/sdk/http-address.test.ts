import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, parseBaseUrl, pinAddresses, type Resolver } from '../../../connectors/sdk/http/address.ts';
import { pinnedLookup } from '../../../connectors/sdk/http/request.ts';

const answering =
  (...addresses: string[]): Resolver =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('addressKind', () => {
  it.each(['8.8.8.8', '140.82.112.5', '2606:4700:4700::1111', '2a0a:a440::1'])('CONN-05: %s is public', (address) => {
    expect(addressKind(address)).toBe('public');
  });

  it.each(['10.0.0.1', '172.16.9.9', '192.168.1.1', '127.0.0.1', '127.255.255.254', '100.64.0.1', '::1', 'fd12:3456::1'])(
    'CONN-05: %s is private, so only an operator can open it',
    (address) => {
      expect(addressKind(address)).toBe('private');
    },
  );

  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '168.63.129.16',
    '100.100.100.200',
    'fd00:ec2::254',
    'fe80::1',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    'ff02::1',
    'fec0::1',
    '5f00::1',
    '100::1',
    'not-an-address',
    '',
  ])('CONN-05: %s is never connected to', (address) => {
    expect(addressKind(address)).toBe('forbidden');
  });

  it('CONN-05: no IPv4 address becomes public by another spelling', () => {
    fc.assert(
      fc.property(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)), ([a, b, c, d]) => {
        const dotted = addressKind(`${a}.${b}.${c}.${d}`);
        const number = ((a * 256 + b) * 256 + c) * 256 + d;
        const octal = [a, b, c, d].map((part) => `0${part.toString(8)}`).join('.');
        const spellings = [`http://${number}/`, `http://${octal}/`, `http://0x${number.toString(16)}/`];
        for (const spelling of spellings) expect(addressKind(new URL(spelling).hostname)).toBe(dotted);
        const hex = (high: number, low: number) => (high * 256 + low).toString(16);
        for (const prefix of ['::', '::ffff:', '64:ff9b::', '::ffff:0:']) {
          expect(addressKind(`${prefix}${hex(a, b)}:${hex(c, d)}`)).not.toBe('public');
        }
      }),
    );
  });
});

describe('parseBaseUrl', () => {
  it.each(['ftp://example.com', 'file:///etc/passwd', 'http://example.com', 'javascript:alert(1)', 'example.com', ''])(
    'CONN-05: refuses %s',
    (url) => {
      expect(() => parseBaseUrl(url, false)).toThrow(expect.objectContaining({ name: 'SourceError', actor: 'operator' }));
    },
  );

  it.each(['https://user:pw@example.com', 'https://example.com/?a=b', 'https://example.com/#x'])(
    'refuses %s even when private is open',
    (url) => {
      expect(() => parseBaseUrl(url, true)).toThrow(expect.objectContaining({ code: 'SOURCE_URL_INVALID' }));
    },
  );

  it('keeps a path prefix (GitHub Enterprise Server)', () => {
    expect(parseBaseUrl('https://ghe.example.com/api/v3', false).pathname).toBe('/api/v3');
  });
});

describe('pinAddresses', () => {
  const refused = expect.objectContaining({ code: 'SOURCE_ADDRESS_REFUSED', class: 'persistent', actor: 'operator' });

  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://0x7f.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://①②⑦.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://169.254.169.254/',
    'https://0251.0376.0251.0376/',
    'https://2852039166/',
    'https://[fd00:ec2::254]/',
    'https://10.1.2.3/',
    'https://0/',
  ])('CONN-05: refuses %s without asking a resolver', async (url) => {
    const resolver: Resolver = () => Promise.reject(new Error('asked'));
    await expect(pinAddresses(new URL(url), false, resolver)).rejects.toEqual(refused);
  });

  it('CONN-05: refuses a name when any of its addresses is not public', async () => {
    await expect(pinAddresses(new URL('https://a.example/'), false, answering('8.8.8.8', '10.0.0.1'))).rejects.toEqual(refused);
    await expect(pinAddresses(new URL('https://a.example/'), false, answering('2606:4700::1', '::1'))).rejects.toEqual(refused);
    await expect(pinAddresses(new URL('https://a.example/'), false, answering())).rejects.toEqual(refused);
  });

  it('CONN-05: names of this machine are judged by their address', async () => {
    await expect(pinAddresses(new URL('https://localhost/'), false)).rejects.toEqual(refused);
  });

  it('CONN-05: an operator opens private and loopback addresses, never link-local and metadata ones', async () => {
    await expect(pinAddresses(new URL('http://127.0.0.1/'), true)).resolves.toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(pinAddresses(new URL('https://ghe.example/'), true, answering('10.0.0.7'))).resolves.toEqual([
      { address: '10.0.0.7', family: 4 },
    ]);
    for (const address of ['169.254.169.254', 'fd00:ec2::254', 'fe80::1', '0.0.0.0']) {
      await expect(pinAddresses(new URL('https://x.example/'), true, answering(address))).rejects.toEqual(refused);
    }
  });

  it('CONN-05: plain http never leaves for a public address', async () => {
    await expect(pinAddresses(new URL('http://x.example/'), true, answering('8.8.8.8'))).rejects.toMatchObject({
      code: 'SOURCE_URL_NOT_HTTPS',
    });
  });
});

describe('pinnedLookup', () => {
  const pinned = [
    { address: '192.0.2.1', family: 4 as const },
    { address: '2001:db8::1', family: 6 as const },
  ];
  const ask = (options: object) =>
    new Promise((resolve, reject) =>
      pinnedLookup(pinned)('anything.example', options, (error, address, family) =>
        error === null ? resolve([address, family]) : reject(error),
      ),
    );

  it('CONN-05: knows no other address than the pinned ones, in each form that Node asks for', async () => {
    await expect(ask({ all: true })).resolves.toEqual([pinned, undefined]);
    await expect(ask({})).resolves.toEqual(['192.0.2.1', 4]);
    await expect(ask({ family: 6 })).resolves.toEqual(['2001:db8::1', 6]);
  });
});
