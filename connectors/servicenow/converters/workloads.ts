/** What runs in the instance, and what starts it. */
import type { EntityRef } from '../../../domain/graph/types.ts';
import type { EmittedEdge, EmittedEntity } from '../../sdk/types.ts';
import type { BusinessRule, CatalogItem, Flow, FlowTrigger, ScheduledJob, ScriptInclude } from '../rows.ts';
import type { ScriptReferences } from '../scripts.ts';
import { connectionRef, type Emission, eventSourceRef, identityRef, nameOf, props, sortedUnique, text, workloadRef } from './common.ts';

/** Names of what scripts can refer to, and the sys_ids that they have. */
export interface CallTargets {
  /** By `message`, and by `message\nfunction`. */
  readonly rest: ReadonlyMap<string, string>;
  /** By name and by API name. */
  readonly includes: ReadonlyMap<string, string>;
}

export function convertCatalogItem(item: CatalogItem, knownFlows: ReadonlySet<string>): Emission {
  if (item.flow_designer_flow === undefined || !knownFlows.has(item.flow_designer_flow)) return { entities: [], edges: [] };
  return starting(
    item.flow_designer_flow,
    eventSource(item.sys_id, nameOf(item.name, item.sys_id), { kind: 'catalog_item', active: item.active }),
  );
}

export function convertFlowTrigger(trigger: FlowTrigger, knownFlows: ReadonlySet<string>): Emission {
  // A catalog trigger says that some item starts the flow; the item itself says which.
  if (trigger.flow === undefined || !knownFlows.has(trigger.flow) || trigger.trigger_type === 'service_catalog')
    return { entities: [], edges: [] };
  return starting(
    trigger.flow,
    eventSource(trigger.sys_id, nameOf(trigger.name, trigger.trigger_type, trigger.sys_id), {
      kind: text(trigger.trigger_type) ?? 'flow_trigger',
    }),
  );
}

/** `connections` are the sys_ids of REST functions, messages and aliases that its steps use. */
export function convertFlow(flow: Flow, connections: readonly string[], includes: readonly string[]): Emission {
  const self = workloadRef(flow.sys_id);
  return {
    entities: [
      {
        ...self,
        subtype: 'flow',
        display_name: nameOf(flow.name, flow.sys_id),
        props: props({
          active: flow.active,
          published: flow.status === undefined ? undefined : flow.status === 'published',
          flow_type: text(flow.type),
          run_as: text(flow.run_as),
        }),
        join_keys: [],
      },
    ],
    edges: reaching(self, connections, includes),
  };
}

/** A rule that reaches nothing outside is ordinary business of the instance, and becomes nothing: there are thousands. */
export function convertBusinessRule(rule: BusinessRule, targets: CallTargets): Emission {
  const self = workloadRef(rule.sys_id);
  const calls = callsOf(self, rule.script, targets);
  if (calls.length === 0) return { entities: [], edges: [] };
  const entity = {
    ...self,
    subtype: 'business_rule',
    display_name: nameOf(rule.name, rule.sys_id),
    props: props({ active: rule.active, table: text(rule.collection), when: text(rule.when) }),
    join_keys: [],
  };
  if (rule.collection === undefined) return { entities: [entity], edges: calls };
  const table = eventSource(`table:${rule.collection}`, rule.collection, { kind: 'table' });
  return {
    entities: [entity, table],
    edges: [{ from: self, to: eventSourceRef(table.native_id), type: 'TRIGGERED_BY', props: {} }, ...calls],
  };
}

export function convertScheduledJob(job: ScheduledJob, targets: CallTargets): Emission {
  const self = workloadRef(job.sys_id);
  const schedule = eventSource(`schedule:${job.sys_id}`, nameOf(job.name, job.sys_id), { kind: 'schedule', run_type: text(job.run_type) });
  return {
    entities: [
      {
        ...self,
        subtype: 'scheduled_job',
        display_name: nameOf(job.name, job.sys_id),
        props: props({ active: job.active }),
        join_keys: [],
      },
      schedule,
    ],
    edges: [
      { from: self, to: eventSourceRef(schedule.native_id), type: 'TRIGGERED_BY', props: {} },
      ...(job.run_as === undefined ? [] : [{ from: self, to: identityRef(job.run_as), type: 'RUNS_AS' as const, props: {} }]),
      ...callsOf(self, job.script, targets),
    ],
  };
}

export function convertScriptInclude(include: ScriptInclude, targets: CallTargets): Emission {
  const self = workloadRef(include.sys_id);
  return {
    entities: [
      {
        ...self,
        subtype: 'script_include',
        display_name: nameOf(include.api_name, include.name, include.sys_id),
        props: props({ active: include.active, access: text(include.access) }),
        join_keys: [],
      },
    ],
    edges: callsOf(self, include.script, targets),
  };
}

export function resolve(script: ScriptReferences, targets: CallTargets): { connections: string[]; includes: string[] } {
  const connections = script.rest.flatMap(({ message, function: name }) => {
    const found = (name === null ? undefined : targets.rest.get(`${message}\n${name}`)) ?? targets.rest.get(message);
    return found ?? [];
  });
  return {
    connections: sortedUnique(connections),
    includes: sortedUnique(script.constructed.flatMap((name) => targets.includes.get(name) ?? [])),
  };
}

function callsOf(self: EntityRef, script: ScriptReferences, targets: CallTargets): EmittedEdge[] {
  const { connections, includes } = resolve(script, targets);
  return reaching(
    self,
    connections,
    includes.filter((id) => id !== self.native_id),
  );
}

function reaching(self: EntityRef, connections: readonly string[], includes: readonly string[]): EmittedEdge[] {
  return [
    ...connections.map((id) => ({ from: self, to: connectionRef(id), type: 'INVOKES' as const, props: {} })),
    ...includes.map((id) => ({ from: self, to: workloadRef(id), type: 'CALLS' as const, props: {} })),
  ];
}

function eventSource(nativeId: string, name: string, facts: Readonly<Record<string, string | boolean | undefined>>): EmittedEntity {
  return { ...eventSourceRef(nativeId), subtype: 'event_source', display_name: nameOf(name), props: props(facts), join_keys: [] };
}

function starting(flowId: string, source: EmittedEntity): Emission {
  return {
    entities: [source],
    edges: [{ from: workloadRef(flowId), to: eventSourceRef(source.native_id), type: 'TRIGGERED_BY', props: {} }],
  };
}
