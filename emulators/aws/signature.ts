/** Signature Version 4, checked for real: a wrong secret is refused as AWS refuses it ("Create a signed AWS API request", IAM User Guide). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsRefusal } from './refusal.ts';

export interface SignedBy {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** Who says that they signed. Throws when nobody does. */
export function readAuthorization(request: IncomingMessage): SignedBy {
  const match = AUTHORIZATION.exec(request.headers.authorization ?? '');
  if (match === null) throw new AwsRefusal('MissingAuthenticationToken', 403);
  const [, accessKeyId = '', date = '', region = '', service = '', headers = '', signature = ''] = match;
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

export function verifySignature(request: IncomingMessage, body: Buffer, by: SignedBy, secret: string): void {
  const scope = `${by.date}/${by.region}/${by.service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', header(request, 'x-amz-date'), scope, sha256(canonicalRequest(request, body, by))].join('\n');
  const key = [by.date, by.region, by.service, 'aws4_request'].reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  const expected = createHmac('sha256', key).update(toSign).digest();
  if (!timingSafeEqual(expected, Buffer.from(by.signature, 'hex'))) throw new AwsRefusal('SignatureDoesNotMatch', 403);
}

function canonicalRequest(request: IncomingMessage, body: Buffer, by: SignedBy): string {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  // S3 signs the path as it is sent; every other service encodes it once more.
  const uri = by.service === 's3' ? path : path.split('/').map(encode).join('/');
  const headers = by.signedHeaders.map((name) => `${name}:${header(request, name).trim().replaceAll(/ +/g, ' ')}\n`).join('');
  const stated = header(request, 'x-amz-content-sha256');
  const payload = stated === '' ? sha256(body) : stated;
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body)) throw new AwsRefusal('SignatureDoesNotMatch', 403);
  return [request.method, uri, canonicalQuery(query), headers, by.signedHeaders.join(';'), payload].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => [encode(name), encode(value)] as const);
  return pairs
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
