/** Lambda functions by named fields only: environment values, descriptions and code locations stay where they are (DATA-09). */
import type { EventSourceMappingConfiguration, FunctionConfiguration } from '@aws-sdk/client-lambda';
import { combine, type Converted, NOTHING } from '../collector.ts';
import { labelsFromTags, ownerFromTags, type Tag } from './tags.ts';
import { parseArn, roleRef } from './refs.ts';

/** `tags` is undefined when they could not be read. */
export function convertFunction(region: string, fn: FunctionConfiguration, tags: Readonly<Record<string, string>> | undefined): Converted {
  const arn = fn.FunctionArn ?? '';
  const labels: readonly Tag[] = Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const ref = { type: 'workload' as const, native_id: arn };
  const entity = {
    ...ref,
    subtype: 'lambda_function',
    display_name: fn.FunctionName ?? arn,
    props: {
      ...labelsFromTags(labels),
      arn,
      region,
      role_arn: fn.Role ?? null,
      runtime: fn.Runtime ?? null,
      package_type: fn.PackageType ?? null,
      handler: fn.Handler ?? null,
      architectures: [...(fn.Architectures ?? [])].sort(),
      layer_arns: (fn.Layers ?? []).flatMap((layer) => layer.Arn ?? []).sort(),
      vpc_id: fn.VpcConfig?.VpcId ? fn.VpcConfig.VpcId : null,
      last_modified: fn.LastModified ?? null,
      environment_names: Object.keys(fn.Environment?.Variables ?? {})
        .map((name) => name.toWellFormed())
        .sort(),
      tags_read: tags !== undefined,
      // A function that is there can be invoked: Lambda has no switch that the listing shows.
      enabled: true,
    },
    join_keys: [],
  };
  const runsAs: Converted = fn.Role ? { entities: [], edges: [{ from: ref, to: roleRef(fn.Role), type: 'RUNS_AS', props: {} }] } : NOTHING;
  const owner = ownerFromTags(ref, labels);
  return combine([{ entities: [entity], edges: [] }, runsAs, owner]);
}

/** What starts a function by polling: a queue, a stream, a table. Mappings of self-managed sources have no ARN and are named by their id. */
export function convertEventSource(region: string, mapping: EventSourceMappingConfiguration): Converted {
  const source = mapping.EventSourceArn ?? (mapping.UUID === undefined ? null : `event-source-mapping:${region}:${mapping.UUID}`);
  if (source === null || mapping.FunctionArn === undefined) return NOTHING;
  const arn = parseArn(source);
  return {
    entities: [
      {
        type: 'resource',
        subtype: 'event_source',
        native_id: source,
        display_name: arn === null ? source : `${arn.service} ${arn.resource}`,
        props: { arn: arn === null ? null : source, service: arn?.service ?? null, region },
        join_keys: [],
      },
    ],
    edges: [
      {
        from: { type: 'workload', native_id: unqualified(mapping.FunctionArn) },
        to: { type: 'resource', native_id: source },
        type: 'TRIGGERED_BY',
        qualifier: mapping.UUID ?? '',
        props: { enabled: mapping.State === 'Enabled', state: mapping.State ?? null },
      },
    ],
  };
}

/** `arn:…:function:name:alias` names a version or an alias of the function. */
const unqualified = (arn: string): string => arn.split(':').slice(0, 7).join(':');
