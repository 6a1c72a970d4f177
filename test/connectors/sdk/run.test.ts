/** The child side: cells, files and exit codes of `connectorMain`, whatever its steps do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { graphEdge, graphEntity, graphHeader } from '../../../domain/graph/schema.ts';
import type { ResultsFile } from '../../../connectors/contract/results.ts';
import { resultsFile } from '../../../connectors/contract/results.ts';
import { parseResults } from '../../../connectors/driver/read-output.ts';
import { createRedactor } from '../../../connectors/driver/redact.ts';
import { connectorMain } from '../../../connectors/sdk/run.ts';
import { type ConnectorDefinition, SourceError, type StepContext } from '../../../connectors/sdk/types.ts';

type Client = { readonly token: string };
type Step = (context: StepContext<Client>) => Promise<void>;

let directory = '';
let runs = 0;
const log: string[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'sv0-sdk-'));
  vi.spyOn(process.stderr, 'write').mockImplementation((line) => log.push(String(line)) > 0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function definitionOf(steps: Record<string, Step>, connect: ConnectorDefinition<Client>['connect']): ConnectorDefinition<Client> {
  return {
    manifest: {
      kind: 'test',
      title: 'Test',
      source_system: 'example',
      version: '1.0.0',
      categories: Object.keys(steps).map((name) => ({ name, title: name, entities: ['resource/lamp'], edges: [], permissions: [] })),
      credential_kinds: [],
      accepted_variants: {},
      capabilities: { auth: { required: false } },
      config: {},
      params: {},
    },
    connect,
    steps,
  };
}

interface Ran {
  readonly code: number;
  readonly results: ResultsFile['category_results'] | null;
  readonly lines: readonly Record<string, unknown>[];
}

interface RunOptions {
  readonly connect?: ConnectorDefinition<Client>['connect'];
  readonly categories?: readonly string[];
  readonly connector?: string;
  readonly deadlineMs?: number;
  readonly noticeMs?: number;
  readonly env?: Record<string, string>;
}

async function run(steps: Record<string, Step>, options: RunOptions = {}): Promise<Ran> {
  runs += 1;
  const path = (name: string): string => join(directory, `${runs}-${name}`);
  const scope = {
    schema: 'sv0.scope/1',
    run_id: 'run-1',
    scope_id: 'scope-1',
    connector: options.connector ?? 'test',
    source_tenant: 'tenant-1',
    categories: options.categories ?? Object.keys(steps),
    config: {},
    params: {},
    deadline_at: new Date(Date.now() + (options.deadlineMs ?? 60_000)).toISOString(),
  };
  writeFileSync(path('scope.json'), JSON.stringify(scope));
  const argv = ['--scope-json', path('scope.json'), '--category-results-out', path('results.json'), '--graph-json', path('graph.jsonl')];
  const connect = options.connect ?? ((_scope, env) => ({ token: env['TEST_TOKEN'] ?? '' }));
  const code = await connectorMain(definitionOf(steps, connect), argv, options.env ?? {}, {
    beforeDeadlineMs: 0,
    noticeMs: options.noticeMs ?? 50,
  });
  const text = read(path('results.json'));
  return {
    code,
    results: text === null ? null : resultsFile.parse(JSON.parse(text)).category_results,
    lines: (read(path('graph.jsonl')) ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

const lamp = (id: string) => ({ type: 'resource' as const, subtype: 'lamp', native_id: id, display_name: id, props: {}, join_keys: [] });
const failure = (kind: 'transient' | 'persistent') =>
  new SourceError(`a ${kind} failure`, { code: 'TEST_FAILURE', class: kind, actor: 'customer', subject: 'lamps' });
const good: Step = async ({ entity, scanned }) => {
  scanned(1);
  await entity(lamp('1'));
};

describe('what comes out', () => {
  test('CONN-01: a graph of valid lines with the scope’s tenant and the step’s category, and exit code 0', async () => {
    const { code, results, lines } = await run({
      lamps: async ({ entity, edge, scanned }) => {
        scanned(2);
        await entity(lamp('1'));
        await entity({ ...lamp('2'), source_tenant: 'tenant-2' });
        await edge({ type: 'OWNED_BY', from: { type: 'resource', native_id: '1' }, to: { type: 'owner', native_id: 'o' }, props: {} });
      },
    });
    expect(code).toBe(0);
    expect(results?.['lamps']).toMatchObject({ status: 'succeeded', items_scanned: 2, errors: [] });
    const [header, ...records] = lines;
    expect(graphHeader.safeParse(header).success).toBe(true);
    expect(records.map(({ kind }) => kind)).toEqual(['entity', 'entity', 'edge']);
    for (const { kind, ...record } of records) expect((kind === 'entity' ? graphEntity : graphEdge).safeParse(record).success).toBe(true);
    expect(records.map((it) => it['source_tenant'])).toEqual(['tenant-1', 'tenant-2', undefined]);
  });

  test('CONN-04: the client is made of the scope and the variables, and of nothing else', async () => {
    const seen: unknown[] = [];
    const connect: ConnectorDefinition<Client>['connect'] = (scope, env) => {
      seen.push(scope.source_tenant, env);
      return { token: env['TEST_TOKEN'] ?? '' };
    };
    await run({ lamps: async ({ client }) => void seen.push(client.token) }, { connect, env: { TEST_TOKEN: 'given' } });
    expect(seen).toEqual(['tenant-1', { TEST_TOKEN: 'given' }, 'given']);
  });
});

describe('when steps fail', () => {
  test('RUN-10: a failed step costs its own category; what it emitted makes it partial', async () => {
    const { code, results, lines } = await run({
      empty: async () => {
        throw failure('persistent');
      },
      half: async ({ entity }) => {
        await entity(lamp('1'));
        throw failure('transient');
      },
      short: async ({ entity, incomplete }) => {
        await entity(lamp('2'));
        incomplete(failure('persistent'));
      },
      good,
    });
    expect(code).toBe(0);
    expect(Object.fromEntries(Object.entries(results ?? {}).map(([name, cell]) => [name, cell.status]))).toEqual({
      empty: 'failed',
      half: 'partial',
      short: 'partial',
      good: 'succeeded',
    });
    expect(results?.['empty']?.errors).toEqual([
      { code: 'TEST_FAILURE', class: 'persistent', message: 'a persistent failure', actor: 'customer', subject: 'lamps' },
    ]);
    expect(lines.filter((line) => line['kind'] === 'entity')).toHaveLength(3);
  });

  test('RUN-17: exit code 75 only when every category failed for a passing reason', async () => {
    const transient: Step = async () => {
      throw failure('transient');
    };
    const persistent: Step = async () => {
      throw failure('persistent');
    };
    expect((await run({ a: transient, b: transient })).code).toBe(75);
    expect((await run({ a: transient, b: persistent })).code).toBe(0);
    expect((await run({ a: transient, b: good })).code).toBe(0);
    const refused = await run({ a: good, b: good }, { connect: () => Promise.reject(failure('transient')) });
    expect(refused.code).toBe(75);
    expect(Object.keys(refused.results ?? {})).toEqual(['a', 'b']);
    expect((await run({ a: good }, { connect: () => Promise.reject(failure('persistent')) })).code).toBe(0);
  });

  test('RUN-17: an error that nobody classified is a code error, and its text is in the log only', async () => {
    log.length = 0;
    const { results } = await run({
      lamps: async () => {
        throw new TypeError('x is undefined: body of the answer');
      },
    });
    expect(results?.['lamps']?.errors[0]).toMatchObject({ code: 'CONNECTOR_CODE_ERROR', class: 'persistent', actor: 'engineer' });
    expect(JSON.stringify(results)).not.toContain('body of the answer');
    expect(log.join('')).toContain('body of the answer');
  });

  test('RUN-03: errors are bounded in number and length', async () => {
    const long = new SourceError('m'.repeat(5_000), { code: 'LONG', class: 'persistent', actor: 'nobody', subject: 's'.repeat(5_000) });
    const { results } = await run({
      lamps: async ({ incomplete }) => {
        for (let index = 0; index < 500; index += 1) incomplete(long);
        throw failure('persistent');
      },
    });
    const errors = results?.['lamps']?.errors ?? [];
    expect(errors).toHaveLength(100);
    expect(errors[0]?.code).toBe('TEST_FAILURE');
    expect(Math.max(...errors.map((it) => it.message.length + (it.subject?.length ?? 0)))).toBe(1_512);
  });

  test('RUN-03: whatever steps do, the driver takes the results', async () => {
    const act = fc.constantFrom('emit', 'scan', 'incomplete', 'throw source', 'throw error', 'log');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(act, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (plans) => {
        const steps = Object.fromEntries(
          plans.map((plan, index) => [
            `c${index}`,
            async (context: StepContext<Client>) => {
              for (const [at, what] of plan.entries()) {
                if (what === 'emit') await context.entity(lamp(String(at)));
                else if (what === 'scan') context.scanned(1);
                else if (what === 'incomplete') context.incomplete(failure('transient'));
                else if (what === 'log') context.log('a line');
                else throw what === 'throw source' ? failure('transient') : new Error('unexpected');
              }
            },
          ]),
        );
        const { code, results, lines } = await run(steps);
        const text = JSON.stringify({ schema: 'sv0.category-results/1', category_results: results });
        expect(() => parseResults(text, Object.keys(steps), createRedactor([]))).not.toThrow();
        expect([0, 75]).toContain(code);
        const emitted = new Set(lines.flatMap((line) => (line['kind'] === 'entity' ? [line['category']] : [])));
        const failed = Object.entries(results ?? {}).flatMap(([name, cell]) => (cell.status === 'failed' ? [name] : []));
        expect(failed.filter((name) => emitted.has(name))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('when the deadline comes', () => {
  test('RUN-12: what was read is written, and what was not says so', async () => {
    const { code, results, lines } = await run(
      {
        early: good,
        late: async ({ entity, signal }) => {
          await entity(lamp('2'));
          await delay(60_000, undefined, { signal });
        },
        never: good,
      },
      { deadlineMs: 300 },
    );
    expect(code).toBe(0);
    expect(results).toMatchObject({
      early: { status: 'succeeded' },
      late: { status: 'partial', errors: [{ code: 'CONNECTOR_DEADLINE', class: 'timeout' }] },
      never: { status: 'failed', errors: [{ code: 'CONNECTOR_DEADLINE', class: 'timeout' }] },
    });
    expect(lines.filter((line) => line['kind'] === 'entity')).toHaveLength(2);
  });

  test('RUN-12: a step that does not look at the signal is left behind, and writes nothing afterwards', async () => {
    let release = (): void => undefined;
    const stuck = new Promise<void>((resolve) => {
      release = resolve;
    });
    let late: unknown;
    const { code, results } = await run(
      {
        deaf: async ({ entity }) => {
          await entity(lamp('1'));
          await stuck;
          late = await entity(lamp('2')).catch((error: unknown) => error);
        },
      },
      { deadlineMs: 200 },
    );
    expect(code).toBe(0);
    expect(results?.['deaf']).toMatchObject({ status: 'partial', errors: [{ code: 'CONNECTOR_DEADLINE' }] });
    release();
    await delay(0);
    expect(late).toBeInstanceOf(Error);
  });

  test('RUN-12: a sign-in that hangs is left behind, too', async () => {
    const { results } = await run({ a: good }, { connect: () => new Promise(() => undefined), deadlineMs: 200 });
    expect(results?.['a']?.errors[0]?.code).toBe('CONNECTOR_DEADLINE');
  });

  test('RUN-12: SIGTERM wraps up like the deadline', async () => {
    const { results } = await run({
      lamps: async ({ entity, signal }) => {
        await entity(lamp('1'));
        process.emit('SIGTERM');
        await delay(60_000, undefined, { signal });
      },
    });
    expect(results?.['lamps']?.status).toBe('partial');
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });
});

describe('usage', () => {
  test('CONN-01: another connector, an unknown category or a missing option is refused with 64 and no files', async () => {
    expect(await run({ lamps: good }, { connector: 'other' })).toMatchObject({ code: 64, results: null });
    expect(await run({ lamps: good }, { categories: ['sofas'] })).toMatchObject({ code: 64, results: null });
    expect(await run({ lamps: good }, { categories: ['constructor'] })).toMatchObject({ code: 64, results: null });
    expect(await run({ lamps: good }, { categories: ['__sync'] })).toMatchObject({ code: 64, results: null });
    expect(
      await connectorMain(
        definitionOf({ lamps: good }, () => ({ token: '' })),
        ['--scope-json', '/nowhere'],
        {},
      ),
    ).toBe(64);
    const argv = ['--scope-json', '/nowhere', '--category-results-out', '/nowhere', '--graph-json', '/nowhere'];
    expect(
      await connectorMain(
        definitionOf({ lamps: good }, () => ({ token: '' })),
        argv,
        {},
      ),
    ).toBe(64);
  });

  test('CONN-01: a graph that cannot be written fails the whole run', async () => {
    const path = join(directory, 'scope-only.json');
    const scope = {
      schema: 'sv0.scope/1',
      run_id: 'r',
      scope_id: 's',
      connector: 'test',
      source_tenant: 't',
      categories: ['lamps'],
      config: {},
      params: {},
    };
    writeFileSync(path, JSON.stringify({ ...scope, deadline_at: new Date(Date.now() + 10_000).toISOString() }));
    const argv = ['--scope-json', path, '--category-results-out', join(directory, 'r.json'), '--graph-json', '/dev/full'];
    const flood: Step = async ({ entity }) => {
      for (let index = 0; index < 2_000; index += 1) await entity(lamp(String(index)));
    };
    await expect(
      connectorMain(
        definitionOf({ lamps: flood }, () => ({ token: '' })),
        argv,
        {},
      ),
    ).rejects.toThrow('ENOSPC');
    expect(read(join(directory, 'r.json'))).toBeNull();
  });
});
