/**
 * Reads a graph as a stream, in either encoding, with limits. The header comes first, whatever the order in the document.
 * Nothing is believed that was not checked; the first problem ends the stream with an InvalidInputError.
 */
import { setImmediate } from 'node:timers/promises';
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
/** What JSON takes for white space. */
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, NEWLINE, 0x0d]);

/** @throws InvalidInputError with a `GRAPH_…` code and the field */
export async function* parseGraph(
  source: AsyncIterable<Uint8Array>,
  { expected, limits: given }: ParseOptions,
): AsyncGenerator<GraphRecord, void> {
  const limits = { ...DEFAULT_GRAPH_LIMITS, ...given };
  const checker = createRecordChecker(limits, expected);
  const bytes = bounded(source, limits.bytes);
  try {
    const head = await peek(bytes, limits.record_bytes);
    const whole = inTurns(rejoin(head, bytes));
    yield* isJsonLines(head) ? readLines(whole, checker, limits) : readDocument(whole, checker, limits);
  } finally {
    // A reader that stops at the first records has not reached the source yet: it must be closed all the same.
    await bytes.return();
  }
}

async function* bounded(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array, void> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > most) throw graphProblem('GRAPH_TOO_LARGE', '$', `at most ${most} bytes`);
    yield chunk;
  }
}

/** Reads up to the end of the first line that says something, or as much as one record may have. */
async function peek(source: AsyncGenerator<Uint8Array, void>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  while (bytes <= most) {
    const next = await source.next();
    if (next.done === true) break;
    parts.push(next.value);
    bytes += next.value.byteLength;
    if (next.value.includes(NEWLINE) && !isBlank(next.value)) break;
  }
  const head = Buffer.concat(parts);
  if (isBlank(head)) throw graphProblem('GRAPH_EMPTY', '$', 'a graph');
  return head.subarray(head.findIndex((byte) => !BLANKS.has(byte)));
}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => BLANKS.has(byte));

async function* rejoin(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield head;
  yield* rest;
}

/** What is parsed in one go: a few milliseconds. */
const TURN_BYTES = 64 * 1024;

/** However large the pieces are that the source comes in, whoever shares the event loop gets a turn between them (FLOW-10). */
async function* inTurns(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.byteLength; at += TURN_BYTES) {
      yield chunk.subarray(at, at + TURN_BYTES);
      await setImmediate();
    }
  }
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
