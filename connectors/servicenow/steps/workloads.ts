/** What runs, what starts it, and what it reaches. */
import { sortedUnique } from '../converters/common.ts';
import {
  type CallTargets,
  convertBusinessRule,
  convertCatalogItem,
  convertFlow,
  convertFlowTrigger,
  convertScheduledJob,
  convertScriptInclude,
  resolve,
} from '../converters/workloads.ts';
import {
  ACTION_STEPS,
  ALIASES,
  BUSINESS_RULES,
  CATALOG_ITEMS,
  FLOW_ACTIONS,
  FLOW_TRIGGERS,
  FLOWS,
  REST_FUNCTIONS,
  REST_MESSAGES,
  SCHEDULED_JOBS,
  SCRIPT_INCLUDES,
  STEP_SCRIPTS,
  stepsNaming,
} from '../requests.ts';
import type { ScriptInclude } from '../rows.ts';
import { chunks, emit, rowsOf, type ServicenowStep } from './read.ts';

export async function workloads(context: ServicenowStep): Promise<void> {
  const flows = await rowsOf(context, FLOWS, true);
  const includes = await rowsOf(context, SCRIPT_INCLUDES);
  const targets = await callTargets(context, includes);
  const reached = await reachedByFlows(context, targets);
  const known = new Set(flows.map((flow) => flow.sys_id));
  context.scanned(flows.length + includes.length);
  for (const flow of flows) {
    const { connections, includes: called } = reached.get(flow.sys_id) ?? { connections: [], includes: [] };
    await emit(context, convertFlow(flow, sortedUnique(connections), sortedUnique(called)));
  }
  for (const include of includes) await emit(context, convertScriptInclude(include, targets));

  const items = await rowsOf(context, CATALOG_ITEMS);
  context.scanned(items.length);
  for (const item of items) await emit(context, convertCatalogItem(item, known));
  for (const request of FLOW_TRIGGERS) {
    for (const trigger of await rowsOf(context, request)) await emit(context, convertFlowTrigger(trigger, known));
  }
  await scripted(context, targets);
}

async function scripted(context: ServicenowStep, targets: CallTargets): Promise<void> {
  const jobs = await rowsOf(context, SCHEDULED_JOBS);
  for (const job of jobs) await emit(context, convertScheduledJob(job, targets));
  const rules = await rowsOf(context, BUSINESS_RULES);
  context.scanned(jobs.length + rules.length);
  const tables = new Set<string>();
  for (const rule of rules) {
    const { entities, edges } = convertBusinessRule(rule, targets);
    // Several rules of one table have one source of events.
    const fresh = entities.filter((entity) => entity.type !== 'resource' || !tables.has(entity.native_id));
    for (const entity of fresh) if (entity.type === 'resource') tables.add(entity.native_id);
    await emit(context, { entities: fresh, edges });
  }
}

/** Two messages or includes of one name (in two scopes) cannot be told apart in a script: such a name leads nowhere rather than anywhere. */
async function callTargets(context: ServicenowStep, includes: readonly ScriptInclude[]): Promise<CallTargets> {
  const messages = await rowsOf(context, REST_MESSAGES);
  const names = new Map(messages.map((message) => [message.sys_id, message.name]));
  const functions = (await rowsOf(context, REST_FUNCTIONS)).map(
    (fn) => [`${names.get(fn.rest_message ?? '') ?? ''}\n${fn.function_name ?? ''}`, fn.sys_id] as const,
  );
  return {
    rest: unambiguous([...messages.map((message) => [message.name ?? '', message.sys_id] as const), ...functions]),
    includes: unambiguous(
      includes.flatMap((include) =>
        sortedUnique([include.name ?? '', include.api_name ?? '', (include.api_name ?? '').replace(/^global\./, '')]).map(
          (name) => [name, include.sys_id] as const,
        ),
      ),
    ),
  };
}

function unambiguous(named: readonly (readonly [name: string, id: string])[]): ReadonlyMap<string, string> {
  const found = new Map<string, string | null>();
  for (const [name, id] of named) if (name !== '') found.set(name, found.has(name) && found.get(name) !== id ? null : id);
  return new Map([...found].filter((entry): entry is [string, string] => entry[1] !== null));
}

interface Reached {
  readonly connections: readonly string[];
  readonly includes: readonly string[];
}

/** Flow → its actions → their definitions' steps → the script or the alias of a step. */
async function reachedByFlows(context: ServicenowStep, targets: CallTargets): Promise<ReadonlyMap<string, Reached>> {
  const bySteps = new Map<string, Reached>();
  const add = (into: Map<string, Reached>, key: string, { connections, includes }: Reached): void => {
    const known = into.get(key) ?? { connections: [], includes: [] };
    into.set(key, { connections: [...known.connections, ...connections], includes: [...known.includes, ...includes] });
  };
  for (const value of await rowsOf(context, STEP_SCRIPTS))
    if (value.document_key !== undefined) add(bySteps, value.document_key, resolve(value.value, targets));
  const aliases = (await rowsOf(context, ALIASES)).map((alias) => alias.sys_id);
  for (const part of chunks(aliases)) {
    for (const { document_key: step, value } of await rowsOf(context, stepsNaming(part))) {
      if (step !== undefined && value !== undefined) add(bySteps, step, { connections: [value], includes: [] });
    }
  }
  const byAction = new Map<string, Reached>();
  for (const step of await rowsOf(context, ACTION_STEPS)) {
    const found = bySteps.get(step.sys_id);
    if (found !== undefined && step.action !== undefined) add(byAction, step.action, found);
  }
  const byFlow = new Map<string, Reached>();
  for (const request of FLOW_ACTIONS) {
    for (const action of await rowsOf(context, request)) {
      const found = action.action_type === undefined ? undefined : byAction.get(action.action_type);
      if (found !== undefined && action.flow !== undefined) add(byFlow, action.flow, found);
    }
  }
  return byFlow;
}
