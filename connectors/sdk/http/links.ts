/**
 * The `Link` header (RFC 8288 §3). Our own parser, because `parse-link-header` gives `null`, that is "no next page", for a header over 2,000
 * characters unless an environment variable says otherwise: ServiceNow repeats the whole query in four links and gets longer than that,
 * and pages would be lost without a word. It also splits at `,<` inside a URL and lets a URL's query stand in for the relation.
 */

/** Relation (lower case) to target, as written in the header. The first link of a relation counts (RFC 8288 §3.3). Malformed rest is left out. */
export function parseLinks(header: string | undefined): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  if (header === undefined) return links;
  let at = 0;
  while (at < header.length) {
    const open = header.indexOf('<', at);
    const close = open === -1 ? -1 : header.indexOf('>', open);
    if (close === -1) break;
    const { relations, end } = readParameters(header, close + 1);
    const target = header.slice(open + 1, close).trim();
    for (const relation of relations) if (!links.has(relation)) links.set(relation, target);
    at = end;
  }
  return links;
}

/** Parameters from `at` to the comma that ends this link; commas inside quotes do not end it. */
function readParameters(header: string, at: number): { relations: readonly string[]; end: number } {
  let relations: readonly string[] | null = null;
  let position = at;
  const parameter = /\s*;\s*([!#$%&'*+\-.^_`|~\w]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;
  for (;;) {
    parameter.lastIndex = position;
    const match = parameter.exec(header);
    if (match === null) break;
    position = parameter.lastIndex;
    if (match[1]?.toLowerCase() === 'rel' && relations === null) {
      relations = (match[2] ?? match[3] ?? '')
        .toLowerCase()
        .split(/\s+/)
        .filter((relation) => relation !== '');
    }
  }
  const comma = header.indexOf(',', position);
  return { relations: relations ?? [], end: comma === -1 ? header.length : comma + 1 };
}
