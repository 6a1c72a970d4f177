/** XML of the query protocol: lists as `<member>`, and IAM's documents URL-encoded as RFC 3986 (IAM API reference, "GetAccountAuthorizationDetails"). */
const DOCUMENTS = new Set(['PolicyDocument', 'AssumeRolePolicyDocument', 'Document']);

export function element(name: string, value: unknown, listItem = 'member'): string {
  return value === undefined || value === null ? '' : `<${name}>${content(name, value, listItem)}</${name}>`;
}

function content(name: string, value: unknown, listItem: string): string {
  if (DOCUMENTS.has(name)) return encodeDocument(value);
  if (Array.isArray(value)) return value.map((item) => element(listItem, item, listItem)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, item]) => element(key, item, listItem))
      .join('');
  }
  return escapeXml(String(value));
}

export function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"'\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}

function encodeDocument(document: unknown): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
