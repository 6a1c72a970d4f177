import { describe, expect, it } from 'vitest';
import { isForbiddenVariable } from '../../../connectors/contract/variables.ts';
import { type ScopeFile, scopeFile } from '../../../connectors/contract/scope.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import { readSettings, readToken } from '../../../connectors/github/settings.ts';
import { declaredVariables } from '../../../domain/connectors/manifest.ts';
import { EDGE_TYPE_TABLE } from '../../../domain/graph/edge-types.ts';

const scope = (config: object, params: object = {}, source_tenant = 'octo'): ScopeFile =>
  scopeFile.parse({
    schema: 'sv0.scope/1',
    run_id: 'r',
    scope_id: 's',
    connector: 'github',
    source_tenant,
    categories: ['repositories'],
    config: { organization: 'octo', ...config },
    params,
    deadline_at: '2030-01-01T00:00:00Z',
  });
const invalid = expect.objectContaining({ code: 'CONFIG_INVALID', class: 'persistent', actor: 'operator' });

describe('settings', () => {
  it.each([
    [{}, 'api.github.com', 'token.actions.githubusercontent.com', true],
    [{ base_url: 'https://api.acme.ghe.com' }, 'api.acme.ghe.com', 'token.actions.acme.ghe.com', true],
    [{ base_url: 'https://GHE.example.com/api/v3' }, 'ghe.example.com', 'ghe.example.com/_services/token', false],
    [{ base_url: 'http://127.0.0.1:4100', allow_private: true }, 'api.github.com', 'token.actions.githubusercontent.com', true],
    [
      { base_url: 'http://127.0.0.1:4100', api_host: 'ghe.example.com', allow_private: true },
      'ghe.example.com',
      'ghe.example.com/_services/token',
      false,
    ],
    [{ oidc_issuer: 'token.actions.githubusercontent.com/acme' }, 'api.github.com', 'token.actions.githubusercontent.com/acme', true],
  ])('%j has the hosts that other systems know', (config, apiHost, oidcIssuer, hosted) => {
    expect(readSettings(scope(config))).toMatchObject({ apiHost, oidcIssuer, hosted });
  });

  it.each([
    [{ organization: 'a/b' }],
    [{ organization: '' }],
    [{ base_url: 'nowhere' }],
    [{ allow_private: 'yes' }],
    [{ api_host: 'https://x' }],
  ])('refuses %j and names the setting', (config) => {
    expect(() => readSettings(scope(config))).toThrow(invalid);
    expect(() => readSettings(scope(config))).toThrow(`config.${Object.keys(config)[0]}`);
  });

  it("CRED-05: the scope's source tenant is the organization that is read", () => {
    expect(() => readSettings(scope({}, {}, 'somebody-else'))).toThrow(invalid);
    expect(readSettings(scope({ organization: 'Octo' })).organization).toBe('Octo');
  });

  it("takes the scope's allow-list", () => {
    expect(readSettings(scope({}, { repositories: ['App', 'web'] })).repositories).toEqual(new Set(['app', 'web']));
    expect(() => readSettings(scope({}, { repositories: 'app' }))).toThrow(invalid);
  });

  it('CRED-11: an absent and an empty token are the same, and no other variable is looked at', () => {
    const missing = expect.objectContaining({ code: 'CREDENTIALS_MISSING', actor: 'customer' });
    expect(() => readToken({ GITHUB_TOKEN: '' })).toThrow(missing);
    expect(() => readToken({ GH_TOKEN: 'x', GITHUB_PAT: 'y' })).toThrow(missing);
    expect(readToken({ GITHUB_TOKEN: 'x' })).toBe('x');
  });
});

describe('manifest', () => {
  it('CONN-03: asks for reading only, and every category says what it needs', () => {
    for (const { permissions } of githubManifest.categories) {
      expect(permissions.length).toBeGreaterThan(0);
      for (const permission of permissions) expect(permission).toMatch(/: read$/);
    }
  });

  it('CRED-15: becomes variables that a child may be given', () => {
    expect(declaredVariables(githubManifest)).toEqual(['GITHUB_TOKEN']);
    expect(declaredVariables(githubManifest).some(isForbiddenVariable)).toBe(false);
  });

  it('declares edges that join what it declares', () => {
    const types = new Set(githubManifest.categories.flatMap(({ entities }) => entities.map((name) => name.split('/')[0])));
    for (const { edges } of githubManifest.categories) {
      for (const edge of edges) {
        expect(EDGE_TYPE_TABLE[edge].from.some((type) => types.has(type))).toBe(true);
        expect(EDGE_TYPE_TABLE[edge].to.some((type) => types.has(type))).toBe(true);
      }
    }
  });
});
