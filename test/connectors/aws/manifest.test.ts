import { describe, expect, it } from 'vitest';
import { awsConnector } from '../../../connectors/aws/connector.ts';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { readSettings } from '../../../connectors/aws/settings.ts';
import { SCOPE_SCHEMA, scopeFile } from '../../../connectors/contract/scope.ts';
import { isForbiddenVariable } from '../../../connectors/contract/variables.ts';
import { declaredVariables } from '../../../domain/connectors/manifest.ts';
import { EDGE_TYPE_TABLE } from '../../../domain/graph/edge-types.ts';
import { awsReadPermissions } from '../../../emulators/aws/world/permissions.ts';

const KEY = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE000000001', AWS_SECRET_ACCESS_KEY: 'CANARY-secret' };
const scope = (changes: object = {}) =>
  scopeFile.parse({
    schema: SCOPE_SCHEMA,
    run_id: 'r',
    scope_id: 's',
    connector: 'aws',
    source_tenant: '111122223333',
    categories: ['iam'],
    config: {},
    params: {},
    deadline_at: '2026-01-01T00:00:00Z',
    ...changes,
  });

describe('the manifest', () => {
  it('has a step for every category and no other', () => {
    expect(Object.keys(awsConnector.steps).sort()).toEqual(awsManifest.categories.map((category) => category.name).sort());
  });

  it('CONN-03: asks for reads only, and never to list objects', () => {
    const permissions = awsManifest.categories.flatMap((category) => category.permissions);
    expect(permissions.filter((permission) => !/^(?:iam|lambda|s3):(?:Get|List)[A-Za-z]+$/.test(permission))).toEqual([]);
    expect(permissions).not.toContain('s3:ListBucket');
    expect(permissions).not.toContain('s3:GetObject');
    expect([...permissions].sort()).toEqual([...awsReadPermissions]);
  });

  it('declares edges that can start or end at what it declares', () => {
    const types = new Set(awsManifest.categories.flatMap((category) => category.entities.map((entity) => entity.split('/')[0])));
    for (const edge of awsManifest.categories.flatMap((category) => category.edges)) {
      expect(EDGE_TYPE_TABLE[edge].from.some((type) => types.has(type))).toBe(true);
      expect(EDGE_TYPE_TABLE[edge].to.some((type) => types.has(type))).toBe(true);
    }
  });

  it('CRED-15: becomes three variables, none of which can move trust or run code', () => {
    expect(declaredVariables(awsManifest)).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']);
    expect(declaredVariables(awsManifest).filter(isForbiddenVariable)).toEqual([]);
  });
});

describe('settings', () => {
  it.each([
    [{}, 'AWS_ACCESS_KEY_ID'],
    [{ ...KEY, AWS_ACCESS_KEY_ID: '' }, 'AWS_ACCESS_KEY_ID'],
    [{ ...KEY, AWS_SECRET_ACCESS_KEY: '' }, 'AWS_SECRET_ACCESS_KEY'],
    [{ AWS_PROFILE: 'default', AWS_WEB_IDENTITY_TOKEN_FILE: '/x', AWS_ROLE_ARN: 'x' }, 'AWS_ACCESS_KEY_ID'],
  ])('CRED-11: refuse when the run was given no key, whatever else the environment holds: %j', (env, subject) => {
    expect(() => readSettings(scope(), env)).toThrow(expect.objectContaining({ code: 'CREDENTIALS_MISSING', actor: 'customer', subject }));
  });

  it('take an empty session token for none', () => {
    expect(readSettings(scope(), { ...KEY, AWS_SESSION_TOKEN: '' }).credentials).not.toHaveProperty('sessionToken');
    expect(readSettings(scope(), { ...KEY, AWS_SESSION_TOKEN: 't' }).credentials.sessionToken).toBe('t');
  });

  it.each([
    [{ source_tenant: 'northwind' }, 'source_tenant'],
    [{ params: { regions: 'us-east-1' } }, 'params.regions'],
    [{ params: { regions: ['us-east-1', '../../etc'] } }, 'params.regions'],
    [{ params: { regions: ['us-east-1.evil.example'] } }, 'params.regions'],
    [{ config: { endpoint_url: 'not a url' } }, 'config.endpoint_url'],
    [{ config: { endpoint_url: 7 } }, 'config.endpoint_url'],
    [{ config: { allow_private: 'yes' } }, 'config.allow_private'],
  ])('refuse %j and name the field', (changes, subject) => {
    expect(() => readSettings(scope(changes), KEY)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', actor: 'operator', subject }),
    );
  });

  it('sort regions and take each once', () => {
    expect(readSettings(scope({ params: { regions: ['us-east-1', 'eu-west-1', 'us-east-1', 'us-gov-west-1'] } }), KEY).regions).toEqual([
      'eu-west-1',
      'us-east-1',
      'us-gov-west-1',
    ]);
  });
});
