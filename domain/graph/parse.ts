/**
 * Reads a graph as a stream, in either encoding, with limits. The header comes first, whatever the order in the document.
 * Nothing is believed that was not checked; the first problem ends the stream with an InvalidInputError.
 */
import { createRecordChecker, type ExpectedGraph } from './check.ts';
import { DEFAULT_GRAPH_LIMITS, type GraphLimits } from './limits.ts';
import { readDocument } from './parse-document.ts';
import { readLines } from './parse-lines.ts';
import { graphProblem } from './problems.ts';
import type { GraphEdge, GraphEntity, GraphHeader } from './types.ts';

export type GraphRecord =
  | { readonly kind: 'header'; readonly header: GraphHeader }
  | { readonly kind: 'entity'; readonly entity: GraphEntity }
  | { readonly kind: 'edge'; readonly edge: GraphEdge };

export interface ParseOptions {
  readonly expected: ExpectedGraph;
  readonly limits?: Partial<GraphLimits>;
}

const NEWLINE = 0x0a;

/** @throws InvalidInputError with a `GRAPH_…` code and the field */
export async function* parseGraph(source: AsyncIterable<Uint8Array>, { expected, limits: given }: ParseOptions): AsyncGenerator<GraphRecord, void> {
  const limits = { ...DEFAULT_GRAPH_LIMITS, ...given };
  const checker = createRecordChecker(limits, expected);
  const { head, rest } = await peek(bounded(source, limits.bytes), limits.record_bytes);
  const whole = rejoin(head, rest);
  yield* isJsonLines(head) ? readLines(whole, checker, limits) : readDocument(whole, checker, limits);
}

async function* bounded(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > most) throw graphProblem('GRAPH_TOO_LARGE', '$', `at most ${most} bytes`);
    yield chunk;
  }
}

interface Peeked {
  readonly head: Uint8Array;
  readonly rest: AsyncGenerator<Uint8Array, void>;
}

/** Reads up to the first line's end, or as much as one record may have. */
async function peek(source: AsyncGenerator<Uint8Array, void>, most: number): Promise<Peeked> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= most) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    bytes += next.value.byteLength;
    if (next.value.includes(NEWLINE)) break;
  }
  return { head: Buffer.concat(parts), rest: source };
}

async function* rejoin(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

/** Both encodings begin with `{`; a first line that is a whole object without `entities` or `edges` can only be a header line. */
function isJsonLines(head: Uint8Array): boolean {
  const end = head.indexOf(NEWLINE);
  try {
    const first: unknown = JSON.parse(Buffer.from(end === -1 ? head : head.subarray(0, end)).toString('utf8'));
    return typeof first === 'object' && first !== null && !('entities' in first) && !('edges' in first);
  } catch {
    return false;
  }
}
