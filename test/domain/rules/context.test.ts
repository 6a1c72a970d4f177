import { describe, expect, it } from 'vitest';
import { indexGraph } from '../../../domain/graph/graph-index.ts';
import type { Coverage } from '../../../domain/graph/types.ts';
import { instanceId, scopeId } from '../../../domain/ids.ts';
import { createRuleContext } from '../../../domain/rules/context.ts';
import { TENANT, TODAY } from './builder.ts';

const row = (scope: string, source_tenant: string, status: Coverage['status'], category = 'iam'): Coverage => ({
  scope_id: scopeId(scope),
  instance_id: instanceId('i'),
  source_system: 'aws',
  source_tenant,
  category,
  status,
});
const contextOf = (...coverage: readonly Coverage[]) =>
  createRuleContext({
    index: indexGraph({ tenant_id: TENANT, revision: 'r', entities: [], edges: [], coverage }),
    chains: [],
    paths: [],
    today: TODAY,
  });

describe('complete', () => {
  it('DATA-04: a category that nobody reads is not complete', () => {
    expect(contextOf().complete('aws', 'iam')).toBe(false);
    expect(contextOf(row('a', '1', 'complete')).complete('aws', 'lambda')).toBe(false);
    expect(contextOf(row('a', '1', 'complete')).complete('aws', 'iam', '2')).toBe(false);
  });
  it('DATA-04: one reader that fell short makes a category incomplete', () => {
    expect(contextOf(row('a', '1', 'complete'), row('b', '1', 'partial')).complete('aws', 'iam', '1')).toBe(false);
    expect(contextOf(row('b', '1', 'never'), row('a', '1', 'complete')).complete('aws', 'iam', '1')).toBe(false);
    expect(contextOf(row('a', '1', 'complete'), row('b', '1', 'complete')).complete('aws', 'iam', '1')).toBe(true);
  });
  it('DATA-04: one account that was not read says nothing of another', () => {
    const context = contextOf(row('a', '1', 'complete'), row('b', '2', 'failed'));
    expect([context.complete('aws', 'iam', '1'), context.complete('aws', 'iam', '2'), context.complete('aws', 'iam')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('without a change set nothing is compared', () => {
  const context = contextOf(row('a', '1', 'complete'));
  expect([context.compared('aws', 'iam', '1'), context.changed('x'), context.removedFrom('x')]).toEqual([false, undefined, []]);
});
