/** Addresses and ranges of addresses, written strictly: four decimal parts, or IPv6; no octal, no short form, no name. */
import ipaddr from 'ipaddr.js';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv4 in IPv6 (`::ffff:…`) is IPv4. Null when it is no address. */
export function addressOf(literal: string): Address | null {
  const known = literal.includes(':') ? ipaddr.IPv6.isValid(literal) : ipaddr.IPv4.isValidFourPartDecimal(literal);
  return known ? ipaddr.process(literal) : null;
}

export interface Network {
  readonly address: Address;
  readonly bits: number;
}

/** An address, or a range in CIDR notation. Null when it is neither. */
export function networkOf(text: string): Network | null {
  const [literal = '', length, ...more] = text.split('/');
  const address = addressOf(literal);
  if (address === null || more.length > 0) return null;
  const all = address.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return { address, bits: all };
  if (!/^\d{1,3}$/.test(length)) return null;
  // A range of mapped addresses is written with the bits of IPv6.
  const bits = Number(length) - (literal.includes(':') ? 128 - all : 0);
  return bits < 0 || bits > all ? null : { address, bits };
}

export const isIn = (networks: readonly Network[], address: Address): boolean =>
  networks.some((network) => address.kind() === network.address.kind() && address.match(network.address, network.bits));

/** As a name for limits: of IPv6 the /64, which is what one customer of a provider has at the least (RFC 6177). */
export function limitedAs(address: Address): string {
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${new ipaddr.IPv6([...address.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0]).toString()}/64`;
}
