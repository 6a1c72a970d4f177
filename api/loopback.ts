import ipaddr from 'ipaddr.js';

/** `localhost`, 127.0.0.0/8, `::1`, with or without the brackets of a URL. Names are not resolved: only these are loopback. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost') return true;
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  // Decimal, octal and short forms are refused rather than interpreted.
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(bare) && !bare.includes(':')) return false;
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback';
}
