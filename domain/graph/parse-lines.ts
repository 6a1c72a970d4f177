/** JSON Lines: the header, then one record a line. */
import type { RecordChecker } from './check.ts';
import type { GraphLimits } from './limits.ts';
import type { GraphRecord } from './parse.ts';
import { graphProblem } from './problems.ts';

const NEWLINE = 0x0a;
const BLANK = /^\s*$/;

export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  check: RecordChecker,
  limits: GraphLimits,
): AsyncGenerator<GraphRecord, void> {
  const count = { line: 0, entities: 0, edges: 0 };
  for await (const line of splitLines(source, limits.record_bytes)) {
    const at = `lines[${count.line}]`;
    count.line += 1;
    const text = decode(line, at);
    if (BLANK.test(text)) continue;
    const value = parseObject(text, at);
    if (count.line === 1) {
      yield { kind: 'header', header: check.header(value) };
      continue;
    }
    const { kind, ...record } = value;
    // `...record` copies an own `__proto__` as a plain property of the copy, so that the checker still sees it.
    if (kind === 'entity') {
      yield { kind, entity: check.entity(record, count.entities) };
      count.entities += 1;
    } else if (kind === 'edge') {
      yield { kind, edge: check.edge(record, count.edges) };
      count.edges += 1;
    } else {
      throw graphProblem('GRAPH_RECORD_INVALID', `${at}.kind`, 'entity or edge');
    }
  }
}

async function* splitLines(source: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array, void> {
  let pending: Uint8Array[] = [];
  let bytes = 0;
  const grow = (part: Uint8Array): void => {
    bytes += part.byteLength;
    if (bytes > most) throw graphProblem('GRAPH_RECORD_TOO_LARGE', '$', `at most ${most} bytes a record`);
    pending.push(part);
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      grow(chunk.subarray(start, end));
      yield pending.length === 1 ? (pending[0] as Uint8Array) : Buffer.concat(pending);
      pending = [];
      bytes = 0;
      start = end + 1;
    }
    if (start < chunk.byteLength) grow(chunk.subarray(start));
  }
  if (bytes > 0) yield Buffer.concat(pending);
}

// `fatal`: a replaced byte would change what is hashed. `ignoreBOM`: otherwise a mark would be cut from every line.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, at: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw graphProblem('GRAPH_NOT_UTF8', at, 'UTF-8');
  }
}

function parseObject(text: string, at: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw graphProblem('GRAPH_NOT_JSON', at, 'one JSON object a line');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw graphProblem('GRAPH_NOT_JSON', at, 'one JSON object a line');
  return value as Record<string, unknown>;
}
