import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertAlias, convertRestFunction, convertRestMessage } from '../../../connectors/servicenow/converters/connections.ts';
import { convertOauthEntity, convertOauthProfile, githubAppOf } from '../../../connectors/servicenow/converters/credentials.ts';
import { convertUser, convertUserRoles } from '../../../connectors/servicenow/converters/people.ts';
import {
  convertBusinessRule,
  convertCatalogItem,
  convertFlow,
  convertFlowTrigger,
  convertScheduledJob,
  resolve,
} from '../../../connectors/servicenow/converters/workloads.ts';
import { entraTenantOf, githubHostOf, readDispatch, readEndpoint } from '../../../connectors/servicenow/endpoints.ts';
import * as rows from '../../../connectors/servicenow/rows.ts';
import { scriptReferences } from '../../../connectors/servicenow/scripts.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const id = (digit: string): string => digit.repeat(32);
const TENANT = '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11';
const APP = '7c1d2e3f-4a5b-4c6d-8e7f-90a1b2c3d4e5';

describe('addresses', () => {
  test.each([
    ['https://API.GitHub.com/repos/o/r?key=abc#x', { host: 'api.github.com', path: '/repos/o/r' }],
    ['https://user:pass@erp.example:8443/a', { host: 'erp.example:8443', path: '/a' }],
    ['https://erp.example', { host: 'erp.example', path: '/' }],
    ['https://erp.example?key=abc', { host: 'erp.example', path: '/' }],
    ['https://erp.example/${table}/x', { host: 'erp.example', path: '/${table}/x' }],
    ['${base}/x', undefined],
    ['ftp://x/y', undefined],
    [undefined, undefined],
  ])('DATA-09: %s leads to its host and path, without what may be secret', (text, expected) => {
    expect(readEndpoint(text)).toEqual(expected);
  });

  test('DATA-09: whatever stands in user information, query or fragment does not come through', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), fc.stringMatching(/^[a-z]{12}$/), (url, word) => {
        const [scheme, rest] = url.split('://');
        const endpoint = readEndpoint(`${scheme}://${word}@${rest}`);
        expect(endpoint?.host.includes(word)).not.toBe(true);
        expect(endpoint?.path).not.toMatch(/[?#]/);
      }),
      { numRuns: 40 },
    );
  });

  const dispatch = '/repos/northwind-robotics/customer-sync/actions/workflows/sync.yml/dispatches';
  test('only a POST to a dispatch address, by the file of a workflow, is a dispatch', () => {
    expect(readDispatch({ host: 'api.github.com', path: dispatch }, 'post')).toEqual({
      host: 'api.github.com',
      repository: 'northwind-robotics/customer-sync',
      workflow: 'sync.yml',
    });
    // GitHub takes the names in any case; the file is a path.
    const shouted = dispatch
      .replace('northwind-robotics/customer-sync', 'Northwind-Robotics/Customer-Sync')
      .replace('sync.yml', 'Sync.yml');
    expect(readDispatch({ host: 'api.github.com', path: shouted }, 'POST')).toMatchObject({
      repository: 'northwind-robotics/customer-sync',
      workflow: 'Sync.yml',
    });
    expect(readDispatch({ host: 'ghe.example', path: `/api/v3${dispatch}` }, 'POST')?.host).toBe('ghe.example');
    expect(readDispatch({ host: 'api.github.com', path: dispatch }, 'get')).toBeUndefined();
    expect(readDispatch({ host: 'api.github.com', path: dispatch.replace('sync.yml', '${workflow}') }, 'post')).toBeUndefined();
    expect(readDispatch({ host: 'api.github.com', path: dispatch.replace('sync.yml', '161335') }, 'post')).toBeUndefined();
    expect(readDispatch({ host: 'api.github.com', path: `/x${dispatch}` }, 'post')).toBeUndefined();
  });

  test.each([
    [`https://login.microsoftonline.com/${TENANT.toUpperCase()}/oauth2/v2.0/token`, TENANT],
    [`https://login.microsoftonline.us/${TENANT}/oauth2/token`, TENANT],
    [`https://login.microsoft.com/${TENANT}/oauth2/v2.0/token`, TENANT],
    [`https://login.chinacloudapi.cn/${TENANT}/oauth2/token`, TENANT],
    [`https://contoso.ciamlogin.com/${TENANT}/oauth2/v2.0/token`, TENANT],
    [`https://ciamlogin.com.evil.example/${TENANT}/oauth2/v2.0/token`, undefined],
    ['https://login.microsoftonline.com/common/oauth2/v2.0/token', undefined],
    [`https://login.microsoftonline.com.evil.example/${TENANT}/oauth2/v2.0/token`, undefined],
    [`https://evil.example/${TENANT}/oauth2/v2.0/token`, undefined],
  ])('the Entra tenant of %s', (url, tenant) => {
    expect(entraTenantOf(url)).toBe(tenant);
  });

  test('the host of an installation token', () => {
    expect(githubHostOf('https://api.github.com/app/installations/5550001/access_tokens')).toBe('api.github.com');
    expect(githubHostOf('https://api.github.com/login/oauth/access_token')).toBeUndefined();
  });
});

describe('scripts', () => {
  test('DATA-09: what a script names is kept, its text is not', () => {
    const script = `var password = 'hunter2!'; var r = new sn_ws.RESTMessageV2('B', "x"); new sn_ws.RESTMessageV2( "A" ); new x_nw.Helper().go(); new global.Other (1);`;
    expect(scriptReferences(script)).toEqual({
      rest: [
        { message: 'A', function: null },
        { message: 'B', function: 'x' },
      ],
      constructed: ['global.Other', 'sn_ws.RESTMessageV2', 'x_nw.Helper'],
    });
    const row = rows.businessRule.parse({ sys_id: id('a'), name: 'r', active: 'true', collection: 't', when: '', script });
    expect(JSON.stringify(row)).not.toContain('hunter2');
  });

  test('names that are put together at run time are not known', () => {
    expect(scriptReferences(`new sn_ws.RESTMessageV2(prefix + 'A', fn)`).rest).toEqual([]);
  });

  test('a hostile script costs no more than its length', () => {
    const hostile = `${'new '.repeat(50_000)}${"RESTMessageV2('".repeat(50_000)}`;
    expect(cpuTime(() => scriptReferences(hostile))).toBeLessThan(1_000);
  });
});

describe('workloads', () => {
  const targets = {
    rest: new Map([
      ['M', 'msg'],
      ['M\nf', 'fn'],
    ]),
    includes: new Map([['Util', 'inc']]),
  };
  const script = (rest: { message: string; function: string | null }[], constructed: string[] = []) => ({ rest, constructed });

  test('a function that is known is called, else its message, else nothing', () => {
    expect(resolve(script([{ message: 'M', function: 'f' }]), targets).connections).toEqual(['fn']);
    expect(resolve(script([{ message: 'M', function: 'gone' }]), targets).connections).toEqual(['msg']);
    expect(resolve(script([{ message: 'X', function: 'f' }]), targets).connections).toEqual([]);
  });

  test('a business rule that reaches nothing becomes nothing', () => {
    const rule = { sys_id: id('b'), name: 'r', active: true, collection: 'incident', when: 'before', script: script([], ['GlideRecord']) };
    expect(convertBusinessRule(rule, targets)).toEqual({ entities: [], edges: [] });
    const { entities, edges } = convertBusinessRule({ ...rule, script: script([], ['Util']) }, targets);
    expect(entities.map((entity) => entity.native_id)).toEqual([id('b'), 'table:incident']);
    expect(edges.map((edge) => [edge.type, edge.to.native_id])).toEqual([
      ['TRIGGERED_BY', 'table:incident'],
      ['CALLS', 'inc'],
    ]);
  });

  test('a scheduled job runs as its account', () => {
    const { edges } = convertScheduledJob(
      { sys_id: id('c'), name: 'j', active: true, run_as: id('d'), run_type: 'daily', script: script([]) },
      targets,
    );
    expect(edges.map((edge) => [edge.type, edge.to.native_id])).toEqual([
      ['TRIGGERED_BY', `schedule:${id('c')}`],
      ['RUNS_AS', id('d')],
    ]);
  });

  test('a catalog item starts the flow that it names; an item without a flow that was read is nothing', () => {
    const item = { sys_id: id('e'), name: 'Refresh', active: true, flow_designer_flow: id('f') };
    expect(convertCatalogItem(item, new Set([id('f')])).edges).toEqual([
      { from: { type: 'workload', native_id: id('f') }, to: { type: 'resource', native_id: id('e') }, type: 'TRIGGERED_BY', props: {} },
    ]);
    expect(convertCatalogItem(item, new Set())).toEqual({ entities: [], edges: [] });
    const trigger = { sys_id: id('1'), name: 'Service Catalog', flow: id('f'), trigger_type: 'service_catalog' };
    expect(convertFlowTrigger(trigger, new Set([id('f')]))).toEqual({ entities: [], edges: [] });
  });

  test('a flow says whether it is active and published', () => {
    const { entities } = convertFlow(
      { sys_id: id('f'), name: 'F', active: false, status: 'draft', type: 'flow', run_as: 'system' },
      [],
      [],
    );
    expect(entities[0]?.props).toEqual({ active: false, published: false, flow_type: 'flow', run_as: 'system' });
  });
});

describe('connections', () => {
  const message = {
    sys_id: id('1'),
    name: 'GitHub',
    rest_endpoint: 'https://api.github.com',
    authentication_type: 'oauth2',
    oauth2_profile: id('2'),
    basic_auth_profile: id('9'),
  };
  const fn = {
    sys_id: id('3'),
    function_name: 'dispatch',
    rest_message: id('1'),
    http_method: 'post',
    authentication_type: 'inherit_from_parent',
    oauth2_profile: undefined,
    basic_auth_profile: undefined,
    rest_endpoint: 'https://api.github.com/repos/o/r/actions/workflows/w.yml/dispatches',
  };

  test('DATA-07: a dispatch in the name of a GitHub App has the key of join rule 7, by the sign-in that it inherits', () => {
    const { entities, edges } = convertRestFunction(fn, message, (profile) => (profile === id('2') ? '424242' : undefined));
    expect(entities[0]?.join_keys).toEqual([{ k: JOIN_KEYS.dispatchesGithubWorkflow, v: 'api.github.com|o/r|w.yml|424242' }]);
    expect(entities[0]).toMatchObject({ display_name: 'GitHub / dispatch', props: { auth_type: 'oauth2', http_method: 'POST' } });
    expect(edges).toEqual([
      { from: { type: 'connection', native_id: id('3') }, to: { type: 'credential', native_id: id('2') }, type: 'USES', props: {} },
    ]);
  });

  test('no App, no key; its own sign-in wins over the inherited one; an unknown message leaves it open', () => {
    expect(convertRestFunction(fn, message, () => undefined).entities[0]?.join_keys).toEqual([]);
    const own = convertRestFunction({ ...fn, authentication_type: 'basic', basic_auth_profile: id('4') }, message, () => '1');
    expect(own.edges[0]?.to.native_id).toBe(id('4'));
    expect(convertRestFunction(fn, undefined, () => '1').entities[0]?.props).not.toHaveProperty('auth_type');
  });

  test('a profile that is filled in and not chosen is not used', () => {
    expect(convertRestMessage(message).edges.map((edge) => edge.to.native_id)).toEqual([id('2')]);
    expect(convertRestMessage({ ...message, authentication_type: 'no_authentication' })).toMatchObject({
      edges: [],
      entities: [{ props: { auth_type: 'none' } }],
    });
  });

  test('an alias uses the credentials of its live connections', () => {
    const connection = {
      sys_id: id('5'),
      name: 'c',
      active: true,
      connection_alias: id('6'),
      credential: id('7'),
      connection_url: 'https://b.example/x',
    };
    const { edges, entities } = convertAlias({ sys_id: id('6'), name: 'B', id: 'x.B', type: 'connection' }, [
      connection,
      { ...connection, active: false, credential: id('8') },
    ]);
    expect(edges.map((edge) => edge.to.native_id)).toEqual([id('7')]);
    expect(entities[0]?.props).toMatchObject({ endpoint_hosts: ['b.example'] });
  });
});

describe('credentials', () => {
  const entity = {
    sys_id: id('1'),
    name: 'Graph',
    active: true,
    type: 'oauth_provider',
    client_id: APP.toUpperCase(),
    default_grant_type: 'client_credentials',
    token_url: `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
  };
  const profile = { sys_id: id('2'), name: 'Graph', oauth_entity: id('1'), grant_type: 'client_credentials', jwt_provider: undefined };

  test('DATA-07: an outbound client id with a token URL that names the tenant has the key of join rule 1', () => {
    expect(convertOauthProfile(profile, entity, undefined).join_keys).toEqual([{ k: JOIN_KEYS.usesEntraApp, v: `${TENANT}|${APP}` }]);
    expect(convertOauthEntity(entity)).toMatchObject({ props: { direction: 'outbound' }, join_keys: [] });
  });

  test.each([
    ['an inbound client', { ...entity, type: 'client' }],
    ['another authority', { ...entity, token_url: `https://id.example/${TENANT}/oauth2/v2.0/token` }],
    ['no client id', { ...entity, client_id: undefined }],
    ['a client id that is none of Entra', { ...entity, client_id: 'billing' }],
    ['no entity', undefined],
  ])('DATA-07: %s joins with nothing', (_, other) => {
    expect(convertOauthProfile(profile, other, undefined).join_keys).toEqual([]);
  });

  const github = { ...entity, client_id: 'Iv23', token_url: 'https://api.github.com/app/installations/1/access_tokens' };
  const jwt = { ...profile, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', jwt_provider: id('3') };
  const provider = { sys_id: id('3'), name: 'p', iss: '424242', aud: undefined };

  test.each(['Iv23liNorthwind0042x', 'Iv1.ab1112223334445c'])('DATA-07: the issuer may be the client id of the App: %s', (iss) => {
    expect(githubAppOf(jwt, github, { ...provider, iss })).toEqual({ host: 'api.github.com', id: iss });
  });

  test('DATA-07: a JWT whose issuer is a GitHub App id has the key of join rule 6', () => {
    expect(convertOauthProfile(jwt, github, provider).join_keys).toEqual([{ k: JOIN_KEYS.usesGithubApp, v: 'api.github.com|424242' }]);
  });

  test.each([
    ['another grant', profile, github, provider],
    ['another token URL', jwt, entity, provider],
    ['an issuer that is no App', jwt, github, { ...provider, iss: 'northwind' }],
    ['no provider', jwt, github, undefined],
  ])('%s signs as no App', (_, one, of, by) => {
    expect(githubAppOf(one, of, by)).toBeUndefined();
  });
});

describe('accounts', () => {
  const user = {
    sys_id: id('1'),
    name: 'A',
    user_name: 'a',
    active: true,
    locked_out: false,
    sys_created_on: '2024-10-15 00:00:00',
    web_service_access_only: true,
    internal_integration_user: false,
  };
  test.each([
    ['', null],
    ['2026-09-14 00:00:00', '2026-09-14T00:00:00Z'],
    [undefined, undefined],
  ])('DATA-04: a last login of %j is %j: never is not unknown', (said, expected) => {
    const row = rows.user.parse({ sys_id: id('1'), ...(said === undefined ? {} : { last_login_time: said }) });
    expect(convertUser(row).props['last_login_at']).toBe(expected);
  });

  test('what the source says of an account', () => {
    expect(convertUser({ ...user, last_login_time: null })).toMatchObject({
      display_name: 'a',
      subtype: 'user',
      props: {
        active: true,
        web_service_access_only: true,
        internal_integration_user: false,
        created_at: '2024-10-15T00:00:00Z',
        last_login_at: null,
      },
    });
  });

  test('several grants of one role are one holding', () => {
    const grant = (sysId: string, inherited: boolean) => ({ sys_id: id(sysId), user: 'u', role: 'r', inherited });
    expect(convertUserRoles([grant('1', true), grant('2', false)])).toEqual([
      { from: { type: 'identity', native_id: 'u' }, to: { type: 'role', native_id: 'r' }, type: 'HAS_ROLE', props: { inherited: false } },
    ]);
    expect(convertUserRoles([grant('1', true), grant('2', true)])[0]?.props).toEqual({ inherited: true });
  });
});
