import { describe, expect, it } from 'vitest';
import { gateScopeId, ingestScopeId, instanceId, scopeId, tenantId } from '../../domain/ids.ts';

describe('ids', () => {
  it.each(['', 'A', '-a', 'a-', 'a b', 'ä', '{"$ne":null}', 'a\n', null, undefined, {}, ['a']])('API-05: %j is refused', (value) => {
    for (const make of [tenantId, instanceId, scopeId])
      expect(() => make(value)).toThrow(expect.objectContaining({ code: 'INVALID_ID', actor: 'operator' }));
  });

  it('RUN-13: the longest tenant and the longest instance still have the scopes that are made for them', () => {
    const longest = 'a'.repeat(120);
    expect(gateScopeId(tenantId(longest))).toBe(`gate:${longest}`);
    expect(ingestScopeId(instanceId(longest))).toBe(`ingest:${longest}`);
    expect(scopeId('a'.repeat(128))).toHaveLength(128);
    for (const make of [tenantId, instanceId])
      expect(() => make(`${longest}a`)).toThrow(expect.objectContaining({ code: 'INVALID_ID', expected: expect.stringContaining('120') }));
  });
});
