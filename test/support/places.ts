/** The places where a secret could have been left, each as the bytes that are really there. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Db } from 'mongodb';
import { type Found, type Needle, search } from './canaries.ts';

export interface Item {
  readonly at: string;
  readonly bytes: Buffer;
}

export interface Place {
  readonly kind: string;
  items(): AsyncIterable<Item>;
}

export interface Hit extends Found {
  readonly kind: string;
  readonly at: string;
}

export interface Sweep {
  readonly hits: readonly Hit[];
  readonly searched: Readonly<Record<string, { readonly items: number; readonly bytes: number }>>;
}

export async function sweep(places: readonly Place[], needles: readonly Needle[]): Promise<Sweep> {
  const hits: Hit[] = [];
  const searched: Record<string, { items: number; bytes: number }> = {};
  for (const { kind, items } of places) {
    const count = (searched[kind] ??= { items: 0, bytes: 0 });
    for await (const { at, bytes } of items()) {
      count.items += 1;
      count.bytes += bytes.length;
      hits.push(...search(bytes, needles).map((found) => ({ kind, at, ...found })));
    }
  }
  return { hits, searched };
}

/** Every workflow of the namespace: what Temporal lists of it, and its whole history as it goes over the wire. */
export const histories = (client: Client): Place => ({
  kind: 'Temporal histories',
  async *items() {
    for await (const workflow of client.workflow.list()) {
      const info = temporal.api.workflow.v1.WorkflowExecutionInfo.encode(workflow.raw).finish();
      yield { at: `${workflow.workflowId} (visibility)`, bytes: Buffer.from(info) };
      const history = await client.workflow.getHandle(workflow.workflowId, workflow.runId).fetchHistory();
      yield { at: workflow.workflowId, bytes: Buffer.from(temporal.api.history.v1.History.encode(history).finish()) };
    }
  },
});

/** Raw BSON of every document, those of GridFS too. */
export const collections = (db: Db): Place => ({
  kind: 'MongoDB collections',
  async *items() {
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
    for (const name of names) {
      const rows = db.collection(name).find({}, { raw: true }) as unknown as AsyncIterable<Buffer>;
      for await (const row of rows) yield { at: name, bytes: row };
    }
  },
});

export const log = (name: string, read: () => string): Place => ({
  kind: 'logs',
  async *items() {
    yield { at: name, bytes: Buffer.from(read()) };
  },
});

const LARGEST_FILE = 64 * 1024 * 1024;

/** Names and contents of every regular file below the folders that was written since then; but for where secrets are meant to lie. */
export const files = (roots: readonly string[], since: Date = new Date(0), meant: readonly string[] = []): Place => ({
  kind: 'files',
  async *items() {
    for (const root of roots) yield* filesBelow(root, since, new Set(meant));
  },
});

async function* filesBelow(path: string, since: Date, meant: ReadonlySet<string>): AsyncIterable<Item> {
  const facts = await lstat(path).catch(() => null);
  if (facts?.isDirectory() === true) {
    for (const name of (await readdir(path).catch(() => [])).sort()) yield* filesBelow(join(path, name), since, meant);
    return;
  }
  if (facts?.isFile() !== true || facts.mtime < since || facts.size > LARGEST_FILE || meant.has(path)) return;
  const content = await readFile(path).catch(() => null);
  if (content !== null) yield { at: path, bytes: Buffer.concat([Buffer.from(`${path}\0`), content]) };
}

interface Kept {
  readonly items: Map<string, Buffer>;
  readonly environments: Set<number>;
}

/** Looks at `/proc` again and again until it is stopped: every command line that there was, and whose environment held a canary. */
export function watchProcesses(needles: readonly Needle[]): { stop(): { readonly place: Place; readonly holders: readonly number[] } } {
  const kept: Kept = { items: new Map(), environments: new Set() };
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const line = read(`/proc/${pid}/cmdline`);
      if (line !== null && line.length > 0) kept.items.set(`${pid} ${line.toString('latin1')}`, line);
      const environment = kept.environments.has(Number(pid)) ? null : read(`/proc/${pid}/environ`);
      if (environment !== null && search(environment, needles).length > 0) kept.environments.add(Number(pid));
    }
  };
  const timer = setInterval(look, 200);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      const place: Place = {
        kind: 'command lines',
        async *items() {
          for (const [at, bytes] of kept.items) yield { at: at.replaceAll('\0', ' ').slice(0, 120), bytes };
        },
      };
      return { place, holders: [...kept.environments] };
    },
  };
}

function read(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    // Gone, or not ours.
    return null;
  }
}

const PAGES_AT_MOST = 400;

/** Every address that can be reached from these, by the links of pages and the ids of lists; headers and bodies. `as`: request headers of who asks. */
export const answers = (origin: string, starts: readonly string[], as: Readonly<Record<string, string>> = {}): Place => ({
  kind: 'pages and API answers',
  async *items() {
    const waiting = [...starts];
    const seen = new Set(starts);
    const later = (address: string): void => {
      const { origin: of, pathname, search: query } = new URL(address, origin);
      if (of !== origin || seen.has(pathname + query)) return;
      seen.add(pathname + query);
      waiting.push(pathname + query);
    };
    for (let path = waiting.shift(), count = 0; path !== undefined && count < PAGES_AT_MOST; path = waiting.shift(), count += 1) {
      const answer = await fetch(`${origin}${path}`, { redirect: 'manual', headers: as });
      const body = Buffer.from(await answer.arrayBuffer());
      const headers = Buffer.from(JSON.stringify([...answer.headers]));
      yield { at: `${answer.status} ${path}`, bytes: Buffer.concat([headers, body]) };
      const text = body.toString();
      for (const [, address] of text.matchAll(/\b(?:href|src|action)="([^"]+)"/g)) later((address ?? '').replaceAll('&amp;', '&'));
      if (answer.headers.get('content-type')?.includes('json') === true) for (const address of resourcesOf(path, text)) later(address);
    }
  },
});

/** One resource of a list is as the others: the first two, the last, and the next page. */
function resourcesOf(path: string, text: string): readonly string[] {
  const { pathname, searchParams } = new URL(path, 'http://local');
  const tenant = searchParams.get('tenant_id');
  const list = JSON.parse(text) as { items?: { id?: string; _id?: string; digest?: string }[] };
  if (!Array.isArray(list.items) || tenant === null) return [];
  const ids = list.items.flatMap((item) => item.id ?? item._id ?? item.digest ?? []);
  return [...new Set([...ids.slice(0, 2), ...ids.slice(-1)])].map((id) => `${pathname}/${encodeURIComponent(id)}?tenant_id=${tenant}`);
}
