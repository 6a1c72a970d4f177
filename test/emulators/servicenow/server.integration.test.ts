/** The emulator holds its side of the contract: a client that reads carelessly must lose something. */
import { afterEach, describe, expect, test } from 'vitest';
import { parseLinks } from '../../../connectors/sdk/http.ts';
import { DEMO_SERVICENOW_LOGIN, type ServicenowEmulatorOptions } from '../../../emulators/servicenow/options.ts';
import { startServicenowEmulator } from '../../../emulators/servicenow/server.ts';
import type { RunningEmulator } from '../../../emulators/types.ts';

const open: RunningEmulator[] = [];
const AUTHORIZATION = `Basic ${Buffer.from(`${DEMO_SERVICENOW_LOGIN.username}:${DEMO_SERVICENOW_LOGIN.password}`).toString('base64')}`;

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly result?: Record<string, string>[]; readonly error?: { readonly message: string }; readonly status?: string };
}

async function start(
  options: ServicenowEmulatorOptions = {},
): Promise<RunningEmulator & { get(path: string, init?: RequestInit): Promise<Reply> }> {
  const running = await startServicenowEmulator({ now: new Date('2026-09-15T00:00:00Z'), ...options });
  open.push(running);
  const get = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const address = path.startsWith('http') ? path : `${running.url}/api/now/table/${path}`;
    const response = await fetch(address, { headers: { authorization: AUTHORIZATION }, ...init });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] };
  };
  return { ...running, get };
}

test('links have commas inside, no blank, and a page before the first one; a good parser follows them to the end', async () => {
  const { get } = await start();
  const seen: string[] = [];
  const before: string[] = [];
  for (
    let next: string | undefined = 'sys_script?sysparm_fields=sys_id,name,active&sysparm_limit=10&sysparm_query=ORDERBYsys_id';
    next !== undefined;
  ) {
    const { headers, body }: Reply = await get(next);
    seen.push(...(body.result ?? []).map((row) => row['sys_id'] ?? ''));
    const link = headers.get('link') ?? '';
    expect(link).toContain('sys_id,name,active');
    expect(link).not.toContain('; rel');
    before.push(parseLinks(link).get('prev') ?? '');
    next = parseLinks(link).get('next');
  }
  expect(new Set(seen).size).toBe(42);
  expect(before[0]).toContain('sysparm_offset=-1');
  expect(before[1]).toContain('sysparm_offset=0');
});

test('without an order rows come as they lie, and that is counted', async () => {
  const { get, counters } = await start();
  const ids = ((await get('sys_script?sysparm_fields=sys_id')).body.result ?? []).map((row) => row['sys_id']);
  expect(ids).not.toEqual([...ids].sort());
  expect(counters['unordered_reads']).toBe(1);
});

test('access rules take rows out after the page was cut: the count still has them', async () => {
  const { get, counters } = await start({
    nasty: { hideRows: { sys_user_role: (row) => row['name'] === 'admin' }, hideColumns: { sys_user_role: ['elevated_privilege'] } },
  });
  const { headers, body } = await get('sys_user_role');
  expect(headers.get('x-total-count')).toBe('9');
  expect(body.result).toHaveLength(8);
  expect(body.result?.[0]).not.toHaveProperty('elevated_privilege');
  expect(counters['hidden_rows']).toBe(1);
});

describe('queries', () => {
  test('alternatives belong to the condition before them', async () => {
    const { get } = await start();
    const query = 'web_service_access_only=true^ORinternal_integration_user=true^active=true^ORDERBYsys_id';
    const names = ((await get(`sys_user?sysparm_query=${query}`)).body.result ?? []).map((row) => row['user_name']).sort();
    expect(names).toEqual(['svc.legacy', 'svc.midserver', 'svc.reporting']);
  });

  test('conditions walk along references', async () => {
    const { get } = await start();
    expect((await get('sys_user_has_role?sysparm_query=role.nameINadmin,security_admin')).body.result).toHaveLength(2);
  });

  test('what is not understood is refused, as are unknown tables', async () => {
    const { get, counters } = await start();
    expect((await get('sys_user?sysparm_query=javascript:gs.log()')).status).toBe(400);
    expect(counters['bad_queries']).toBe(1);
    const unknown = await get('no_such_table');
    expect([unknown.status, unknown.body.error?.message, unknown.body.status]).toEqual([400, 'Invalid table no_such_table', 'failure']);
  });
});

test('CONN-03: nobody unknown reads, and nobody writes', async () => {
  const { get, counters } = await start();
  const unknown = await get('sys_user', { headers: {} });
  expect([unknown.status, unknown.body.error?.message]).toEqual([401, 'User Not Authenticated']);
  expect((await get('sys_user', { method: 'POST', body: '{}', headers: { authorization: AUTHORIZATION } })).status).toBe(405);
  expect(counters).toMatchObject({ unauthenticated: 1, write_attempts: 1 });
});

test('whoever comes back too early waits longer, and is counted', async () => {
  const { get, counters } = await start({ nasty: { throttle: { every: 2, forMs: 400 } } });
  await get('sys_user_role');
  const throttled = await get('sys_user_role');
  expect(throttled.status).toBe(429);
  expect(throttled.headers.get('retry-after')).toBe('1');
  expect(throttled.headers.get('x-ratelimit-rule')).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect((await get('sys_user_role')).status).toBe(429);
  expect(counters).toMatchObject({ throttled: 1, too_early: 1 });
});
