/** One request with one answer, for token endpoints: no redirect is followed, no body grows, and none is repeated in an error. */
import type { FederationProvider } from '../../../domain/federation/types.ts';
import { malformed, throttled, unavailable } from './failures.ts';

export interface Answer {
  readonly status: number;
  /** Null when there is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

const TIMEOUT_MS = 20_000;
const MAX_BYTES = 256 * 1024;

/** @throws TransientError for no answer, 408, 429 and 5xx: the stage's retries are in the workflow */
export async function ask(provider: FederationProvider, url: string, request: RequestInit): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await limited(response);
  } catch {
    throw unavailable(provider);
  }
  const { status, headers } = response;
  // GitHub answers a secondary limit with 403 too, and says so by these headers.
  const limit = status === 429 || (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));
  if (limit) throw throttled(provider);
  if (status === 408 || status >= 500) throw unavailable(provider);
  if (status >= 300 && status < 400) throw malformed(provider, 'an answer without a redirect');
  return { status, body: objectOf(text) };
}

async function limited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > MAX_BYTES) throw new Error('too long');
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
