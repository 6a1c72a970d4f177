import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../api/middleware/client-address.ts';
import { type Network, networkOf } from '../../api/network.ts';
import { loadConfig } from '../../cli/config.ts';
import { apiChecks } from '../../cli/doctor/api.ts';

const networks = (...texts: readonly string[]): readonly Network[] =>
  texts.map((text) => networkOf(text) ?? expect.unreachable(`${text} is no network`));

/** Whose request it is for a server that trusts these proxies. */
async function asker(proxies: readonly Network[], peer: string, forwarded?: string): Promise<string> {
  const address = clientAddress(proxies);
  const app = new Hono().get('/', (c) => c.text(address(c)));
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return (await app.request('/', { headers }, { incoming: { socket: { remoteAddress: peer } } })).text();
}

const PROXIES = networks('10.0.4.7', '10.0.8.0/28', 'fd00:4::/64');

describe('whose request it is', () => {
  it.each([
    ['one proxy', '10.0.4.7', '203.0.113.9', '203.0.113.9'],
    ['the right-most that is no proxy of ours', '10.0.4.7', '198.51.100.1, 203.0.113.9, 10.0.8.15', '203.0.113.9'],
    ['a proxy of IPv6, its peer of IPv4', 'fd00:4::17', '203.0.113.9', '203.0.113.9'],
    ['a proxy whose IPv4 comes in IPv6', '::ffff:10.0.4.7', '::ffff:203.0.113.9', '203.0.113.9'],
    ['the /64 of IPv6', '10.0.4.7', '2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['a port', '10.0.4.7', '203.0.113.9:50123', '203.0.113.9'],
    ['brackets and a port', '10.0.4.7', '[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['no proxy between', '203.0.113.9', undefined, '203.0.113.9'],
    ['a zone', 'fe80::1%eth0', undefined, 'fe80::/64'],
    ['none but proxies', '10.0.4.7', '10.0.8.1', '10.0.8.1'],
  ])('API-07: %s', async (_what, peer, forwarded, expected) => {
    expect(await asker(PROXIES, peer, forwarded)).toBe(expected);
  });

  it.each([
    ['nothing', undefined],
    ['nothing in it', ''],
    ['no address', 'unknown'],
    ['an octal spelling', '010.0.0.1'],
    ['a short spelling', '127.1'],
    ['an obfuscated name (RFC 7239)', '_hidden'],
    ['rubbish at the right end', '203.0.113.9, ::::'],
  ])('API-07: a proxy that says %s is itself who asks', async (_what, forwarded) => {
    expect(await asker(PROXIES, '10.0.4.7', forwarded)).toBe('10.0.4.7');
  });

  it('API-07: what a stranger writes into the header moves nothing, whoever he is and however much it is', async () => {
    const hop = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.4.7', '10.0.8.3', '127.0.0.1', 'x', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(hop, { maxLength: 8 }), async (written) => {
        const own = written.join(', ');
        // Straight to us: the header is ignored. Through a proxy: it adds him at the right end.
        expect(await asker(PROXIES, '203.0.113.9', own)).toBe('203.0.113.9');
        expect(await asker(PROXIES, '10.0.4.7', `${own}, 203.0.113.9`)).toBe('203.0.113.9');
        expect(await asker([], '10.0.4.7', own)).toBe('10.0.4.7');
      }),
      { numRuns: 100 },
    );
  });
});

describe('SV0_TRUSTED_PROXIES', () => {
  const proxiesOf = (text: string) => loadConfig({ SV0_TRUSTED_PROXIES: text }, '/nowhere').trustedProxies;

  it('takes addresses and ranges; none of them is none trusted', () => {
    const shown = proxiesOf('10.0.4.7, 10.0.8.0/28,fd00:4::/64,::ffff:192.0.2.0/120').map(({ address, bits }) => `${address}/${bits}`);
    expect(shown).toEqual(['10.0.4.7/32', '10.0.8.0/28', 'fd00:4::/64', '192.0.2.0/24']);
    expect(proxiesOf('')).toEqual([]);
  });

  it.each(['proxy.internal', '10.0.0.0/33', '10.0.0/8', '10.0.4.7,', '0.0.0.0/0', '::/0', '10.0.0.1/8/8', '010.0.0.1', '10.0.0.0/-1', '*'])(
    'API-07: %j is refused when the server starts, at the setting',
    (text) => {
      expect(() => proxiesOf(text)).toThrow(
        expect.objectContaining({
          code: 'INVALID_CONFIGURATION',
          problems: [{ field: 'SV0_TRUSTED_PROXIES', expected: expect.stringContaining('10.0.8.0/28') }],
        }),
      );
    },
  );

  it('OPS-02: sv0 doctor warns of an API behind a proxy that is not named', () => {
    const seen = (over: Readonly<Record<string, string>>) => {
      const issuer = { SV0_OIDC_ISSUER: 'https://issuer.example', SV0_OIDC_AUDIENCE: 'sv0' };
      return apiChecks(loadConfig({ ...issuer, ...over }, '/nowhere')).map(({ id, status }) => `${id} ${status}`);
    };
    const SV0_PUBLIC_URL = 'https://sv0.example';
    expect([seen({}), seen({ SV0_PUBLIC_URL }), seen({ SV0_PUBLIC_URL, SV0_TRUSTED_PROXIES: '10.0.4.7' })]).toEqual([
      [],
      ['api.proxies warning'],
      ['api.proxies ok'],
    ]);
  });
});
