/** Runs the steps of a scope one after another and makes a cell of each. A step that fails or hangs costs its own category only (RUN-10). */
import { setTimeout as delay } from 'node:timers/promises';
import type { CellError } from '../../domain/runs/types.ts';
import type { CategoryCell } from '../contract/results.ts';
import type { ScopeFile } from '../contract/scope.ts';
import { createChecker } from './checks.ts';
import type { GraphWriter } from './graph-writer.ts';
import { type ConnectorDefinition, SourceError, type StepContext } from './types.ts';

const MAX_ERRORS_PER_CATEGORY = 100;

export interface StepRun<Client> {
  readonly definition: ConnectorDefinition<Client>;
  readonly scope: ScopeFile;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when it is time to wrap up. */
  readonly signal: AbortSignal;
  /** How long a step may take to notice that, in ms; then it is left behind, and what it did not read is missing. */
  readonly noticeMs: number;
  readonly graph: GraphWriter;
  readonly log: (line: string) => void;
}

export async function runSteps<Client>(run: StepRun<Client>): Promise<Record<string, CategoryCell>> {
  const cells: Record<string, CategoryCell> = {};
  const connected = await connect(run);
  if (run.scope.mode === 'check' && 'client' in connected) return await checkAll(run, connected.client);
  for (const category of run.scope.categories) {
    cells[category] = 'error' in connected ? failedCell(connected.error) : await runStep(run, category, connected.client);
  }
  return cells;
}

async function checkAll<Client>(run: StepRun<Client>, client: Client): Promise<Record<string, CategoryCell>> {
  const cells: Record<string, CategoryCell> = {};
  const check = createChecker(run.definition, client, run.signal, (error) => classify(error, run));
  for (const category of run.scope.categories) {
    const started_at = new Date().toISOString();
    const declared = run.definition.manifest.categories.find(({ name }) => name === category)?.permissions ?? [];
    const { granted, errors } = await check(declared);
    const status = errors.length === 0 ? 'succeeded' : granted === 0 ? 'failed' : 'partial';
    cells[category] = { status, items_scanned: granted, started_at, ended_at: new Date().toISOString(), errors: [...errors] };
  }
  return cells;
}

async function connect<Client>(run: StepRun<Client>): Promise<{ client: Client } | { error: CellError }> {
  try {
    return { client: await orLeaveBehind(run, Promise.resolve(run.definition.connect(run.scope, run.env))) };
  } catch (error) {
    return { error: classify(error, run) };
  }
}

function failedCell(error: CellError): CategoryCell {
  const at = new Date().toISOString();
  return { status: 'failed', items_scanned: 0, started_at: at, ended_at: at, errors: [error] };
}

async function runStep<Client>(run: StepRun<Client>, category: string, client: Client): Promise<CategoryCell> {
  const { definition, scope, signal, graph, log } = run;
  const started_at = new Date().toISOString();
  const errors: CellError[] = [];
  let items = 0;
  let emitted = 0;
  let failed = false;
  let over = false;
  const emit = async (record: object): Promise<void> => {
    // A step that was left behind must not write into what is already counted and closed.
    if (over) throw new Error('the step is over');
    emitted += 1;
    await graph.write(record);
  };
  const context: StepContext<Client> = {
    client,
    scope,
    signal,
    log,
    entity: (entity) =>
      emit({
        kind: 'entity',
        ...entity,
        source_system: definition.manifest.source_system,
        source_tenant: entity.source_tenant ?? scope.source_tenant,
        category,
      }),
    edge: (edge) => emit({ kind: 'edge', ...edge, category }),
    scanned: (count) => {
      items += count;
    },
    incomplete: (error) => {
      if (errors.length < MAX_ERRORS_PER_CATEGORY) errors.push(toCellError(error));
    },
  };
  try {
    signal.throwIfAborted();
    const step = Object.hasOwn(definition.steps, category) ? definition.steps[category] : undefined;
    if (step === undefined) throw new Error('the manifest declares a category that has no step');
    await orLeaveBehind(run, step(context));
  } catch (error) {
    failed = true;
    errors.unshift(classify(error, run));
  }
  over = true;
  const status = errors.length === 0 ? 'succeeded' : failed && emitted === 0 ? 'failed' : 'partial';
  log(`${category}: ${status}, ${items} items`);
  return { status, items_scanned: items, started_at, ended_at: new Date().toISOString(), errors: errors.slice(0, MAX_ERRORS_PER_CATEGORY) };
}

async function orLeaveBehind<Client, T>({ signal, noticeMs }: StepRun<Client>, work: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const tooLate = (async (): Promise<never> => {
    await aborted(signal, settled.signal);
    await delay(noticeMs, undefined, { signal: settled.signal });
    throw signal.reason;
  })();
  tooLate.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    settled.abort();
  }
}

/** Resolves when `signal` is aborted; rejects when `settled` is, so that nothing is left waiting. */
function aborted(signal: AbortSignal, settled: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true, signal: settled });
    settled.addEventListener('abort', () => reject(settled.reason), { once: true });
  });
}

function classify<Client>(error: unknown, { signal, log }: StepRun<Client>): CellError {
  if (error instanceof SourceError) return toCellError(error);
  if (signal.aborted) {
    return { code: 'CONNECTOR_DEADLINE', class: 'timeout', message: 'the deadline came before the category was read', actor: 'operator' };
  }
  log(`unexpected ${error instanceof Error ? (error.stack ?? error.name) : 'error'}`);
  return {
    code: 'CONNECTOR_CODE_ERROR',
    class: 'persistent',
    message: 'the connector failed unexpectedly; its log has the stack',
    actor: 'engineer',
  };
}

function toCellError(error: SourceError): CellError {
  const facts = { code: error.code, class: error.class, message: error.message.slice(0, 1000), actor: error.actor };
  return error.subject === undefined ? facts : { ...facts, subject: error.subject.slice(0, 512) };
}
