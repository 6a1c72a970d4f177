/**
 * Where a connector may connect to (CONN-05). An instance's URL is set by a person, so it could point at the cloud's metadata service
 * or at something inside our own network (SSRF). Public addresses only; an operator may open private and loopback ones for one instance
 * (a GitHub Enterprise Server inside, an emulator), never link-local or metadata ones.
 *
 * The answer of the resolver is what is judged and what is connected to: a name that changes its address afterwards (DNS rebinding) changes nothing.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { SourceError } from '../types.ts';

export interface PinnedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name; rejects as `dns.promises.lookup` does. */
export type Resolver = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export type AddressKind = 'public' | 'private' | 'forbidden';

/** Inside ranges that look harmless: Azure's wire server is in public space, AWS's and Alibaba's metadata services in private space. */
const METADATA = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2::254', '169.254.169.254']);
const OPENABLE = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);
/** IANA allots global unicast IPv6 from here only; what is outside can embed an IPv4 address (`::7f00:1`, NAT64) or is reserved. */
const GLOBAL_UNICAST_6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** What an IP literal in canonical or in any other spelling stands for. Whatever is not recognised is forbidden. */
export function addressKind(literal: string): AddressKind {
  if (!ipaddr.isValid(literal)) return 'forbidden';
  const address = ipaddr.parse(literal);
  if (METADATA.has(address.toString())) return 'forbidden';
  const range = address.range();
  if (OPENABLE.has(range)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  return address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST_6) ? 'forbidden' : 'public';
}

/** An instance's base URL: https (http only where private addresses were opened), no user information, no query, no fragment. */
export function parseBaseUrl(text: string, allowPrivate: boolean): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refusal('SOURCE_URL_INVALID', 'the base URL is not an absolute URL');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refusal('SOURCE_URL_INVALID', 'the base URL must not hold credentials, a query or a fragment');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowPrivate)) {
    throw refusal('SOURCE_URL_NOT_HTTPS', 'the base URL must begin with https://', url.hostname);
  }
  return url;
}

/**
 * Resolves the host of `url` once and judges every address that came back: one bad address refuses the name, because nobody could say
 * which one a connection takes. Plain http goes to private addresses only, so that a token never crosses the internet in clear.
 */
export async function pinAddresses(url: URL, allowPrivate: boolean, resolve: Resolver = resolveAll): Promise<readonly PinnedAddress[]> {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  const found = ipaddr.isValid(host) ? [{ address: host, family: ipaddr.parse(host).kind() === 'ipv6' ? 6 : 4 }] : await resolve(host);
  if (found.length === 0) throw refusal('SOURCE_ADDRESS_REFUSED', 'the host has no address', host);
  return found.map(({ address, family }) => {
    const kind = addressKind(address);
    if (kind === 'forbidden' || (kind === 'private' && !allowPrivate)) {
      throw refusal(
        'SOURCE_ADDRESS_REFUSED',
        'the host is not at a public address; an operator can allow private ones for an instance',
        host,
      );
    }
    if (url.protocol === 'http:' && kind !== 'private') {
      throw refusal('SOURCE_URL_NOT_HTTPS', 'plain http is for private addresses only', host);
    }
    return { address, family: family === 6 ? 6 : 4 };
  });
}

const resolveAll: Resolver = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

function refusal(code: string, message: string, subject?: string): SourceError {
  return new SourceError(message, { code, class: 'persistent', actor: 'operator', ...(subject === undefined ? {} : { subject }) });
}
