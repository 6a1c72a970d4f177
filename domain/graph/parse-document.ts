/**
 * The one-document encoding, token by token (stream-json): a record is put together, checked and let go of.
 * The header's fields may stand anywhere in the document; until they are all known, checked records are kept back.
 */
import { pipeline, Readable } from 'node:stream';
// CommonJS without named exports that Node could see.
import StreamJson from 'stream-json';
import Assembler from 'stream-json/Assembler.js';
import type { RecordChecker } from './check.ts';
import type { GraphLimits } from './limits.ts';
import type { GraphRecord } from './parse.ts';
import { graphProblem } from './problems.ts';
import { HOSTILE_KEYS } from './schema.ts';
import { isDomainError } from '../errors.ts';

interface Token {
  readonly name: string;
  readonly value?: unknown;
}

/** What stream-json may have read ahead of the token that is being looked at. */
const READ_AHEAD = 512 * 1024;
const CHUNK = 64 * 1024;
const HEADER_FIELDS = ['schema', 'source_system', 'source_tenant'];
const LISTS = ['entities', 'edges'];
/** Depth of a record in the document: the outer object and its list. */
const RECORD_DEPTH = 2;

export async function* readDocument(
  source: AsyncIterable<Uint8Array>,
  check: RecordChecker,
  limits: GraphLimits,
): AsyncGenerator<GraphRecord, void> {
  const progress = { read: 0, recordAt: 0 };
  const text = Readable.from(decoded(source, progress, limits));
  // Strings, numbers and keys come whole; their pieces are not told besides.
  const tokens = StreamJson.parser({ streamValues: false });
  pipeline(text, tokens, () => undefined);
  const reader = new DocumentReader(check, limits);
  try {
    for await (const token of tokens as AsyncIterable<Token>) {
      const records = reader.take(token);
      if (reader.betweenRecords) progress.recordAt = progress.read;
      yield* records;
    }
  } catch (error) {
    throw isDomainError(error) ? error : notJson(error);
  }
  yield* reader.end();
}

function notJson(error: unknown): unknown {
  // The tokenizer's own errors are plain; an error of the source (aborted, unavailable) must stay what it is.
  return error instanceof Error && error.message.startsWith('Parser ') ? graphProblem('GRAPH_NOT_JSON', '$', 'one JSON object') : error;
}

async function* decoded(
  source: AsyncIterable<Uint8Array>,
  progress: { read: number; recordAt: number },
  limits: GraphLimits,
): AsyncGenerator<string, void> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? utf8.decode() : utf8.decode(bytes, { stream: true });
    } catch {
      throw graphProblem('GRAPH_NOT_UTF8', '$', 'UTF-8');
    }
  };
  for await (const chunk of source) {
    for (let start = 0; start < chunk.byteLength; start += CHUNK) {
      const piece = chunk.subarray(start, start + CHUNK);
      progress.read += piece.byteLength;
      if (progress.read - progress.recordAt > limits.record_bytes + READ_AHEAD) {
        throw graphProblem('GRAPH_RECORD_TOO_LARGE', '$', `at most ${limits.record_bytes} bytes a record`);
      }
      yield decode(piece);
    }
  }
  yield decode();
}

class DocumentReader {
  readonly #check: RecordChecker;
  readonly #limits: GraphLimits;
  readonly #seen = new Set<string>();
  readonly #header: Record<string, unknown> = {};
  #kept: GraphRecord[] | null = [];
  #counts = { entities: 0, edges: 0 };
  #depth = 0;
  #field: string | null = null;
  #assembler: Assembler | null = null;

  constructor(check: RecordChecker, limits: GraphLimits) {
    this.#check = check;
    this.#limits = limits;
  }

  get betweenRecords(): boolean {
    return this.#assembler === null;
  }

  take(token: Token): GraphRecord[] {
    if (this.#depth > RECORD_DEPTH + this.#limits.depth)
      throw graphProblem('GRAPH_TOO_DEEP', this.#field ?? '$', `at most ${this.#limits.depth} levels a record`);
    if (token.name === 'keyValue' && HOSTILE_KEYS.has(String(token.value))) {
      // Before the assembler assigns it: `__proto__` would become the object's prototype.
      throw graphProblem('GRAPH_HOSTILE_KEY', this.#place(), 'keys without __proto__, constructor, prototype');
    }
    const opens = token.name === 'startObject' || token.name === 'startArray';
    const closes = token.name === 'endObject' || token.name === 'endArray';
    if (closes) this.#depth -= 1;
    const records = this.#consume(token);
    if (opens) this.#depth += 1;
    return records;
  }

  end(): GraphRecord[] {
    if (!this.#seen.has('$')) throw graphProblem('GRAPH_EMPTY', '$', 'one JSON object');
    if (this.#depth > 0) throw graphProblem('GRAPH_NOT_JSON', '$', 'a whole JSON object');
    const kept = this.#kept;
    return kept === null ? [] : [this.#headerRecord(), ...kept];
  }

  #consume(token: Token): GraphRecord[] {
    if (this.#assembler !== null || this.#depth >= RECORD_DEPTH) return this.#inRecord(token);
    if (this.#depth === 0) {
      if (token.name !== 'startObject' && token.name !== 'endObject') throw graphProblem('GRAPH_NOT_JSON', '$', 'one JSON object');
      this.#seen.add('$');
    } else if (token.name === 'keyValue') this.#begin(String(token.value));
    else if (LISTS.includes(this.#field ?? '')) {
      if (token.name !== 'startArray' && token.name !== 'endArray')
        throw graphProblem('GRAPH_RECORD_INVALID', this.#field ?? '$', 'a list');
    } else return this.#headerField(token);
    return [];
  }

  #begin(key: string): void {
    if (this.#seen.has(key))
      throw graphProblem('GRAPH_HEADER_INVALID', HEADER_FIELDS.includes(key) || LISTS.includes(key) ? key : '$', 'each key once');
    if (!HEADER_FIELDS.includes(key) && !LISTS.includes(key))
      throw graphProblem('GRAPH_HEADER_INVALID', '$', `only ${[...HEADER_FIELDS, ...LISTS].join(', ')}`);
    this.#seen.add(key);
    this.#field = key;
  }

  #headerField(token: Token): GraphRecord[] {
    if (token.name !== 'stringValue') throw graphProblem('GRAPH_HEADER_INVALID', `header.${this.#field}`, 'a string');
    this.#header[this.#field ?? ''] = token.value;
    if (this.#kept === null || !HEADER_FIELDS.every((field) => field in this.#header)) return [];
    const records = [this.#headerRecord(), ...this.#kept];
    this.#kept = null;
    return records;
  }

  #headerRecord(): GraphRecord {
    return { kind: 'header', header: this.#check.header(this.#header) };
  }

  #inRecord(token: Token): GraphRecord[] {
    if (this.#assembler === null) {
      if (token.name !== 'startObject') throw graphProblem('GRAPH_RECORD_INVALID', this.#place(), 'an object');
      this.#assembler = new Assembler();
    }
    this.#assembler.consume(token as never);
    if (!this.#assembler.done) return [];
    const value: unknown = this.#assembler.current;
    this.#assembler = null;
    return this.#keepOrGive(this.#record(value));
  }

  #record(value: unknown): GraphRecord {
    if (this.#field === 'entities') {
      this.#counts.entities += 1;
      return { kind: 'entity', entity: this.#check.entity(value, this.#counts.entities - 1) };
    }
    this.#counts.edges += 1;
    return { kind: 'edge', edge: this.#check.edge(value, this.#counts.edges - 1) };
  }

  #keepOrGive(record: GraphRecord): GraphRecord[] {
    if (this.#kept === null) return [record];
    this.#kept.push(record);
    return [];
  }

  #place(): string {
    if (this.#field === 'entities') return `entities[${this.#counts.entities}]`;
    return this.#field === 'edges' ? `edges[${this.#counts.edges}]` : '$';
  }
}
