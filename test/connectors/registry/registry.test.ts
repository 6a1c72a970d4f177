/** The registry and what it checks: manifests, instance configuration, scope parameters. */
import { describe, expect, test } from 'vitest';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { declaredVariables, plainVariables } from '../../../domain/connectors/manifest.ts';
import { InvalidInputError, NotFoundError } from '../../../domain/errors.ts';
import { isForbiddenVariable } from '../../../connectors/contract/variables.ts';
import { builtinConnectors, builtinManifests } from '../../../connectors/registry/builtin.ts';
import { validateInstanceConfig, validateScopeParams } from '../../../connectors/registry/parameters.ts';
import { createRegistry } from '../../../connectors/registry/registry.ts';

const manifest: ConnectorManifest = {
  kind: 'lamps',
  title: 'Lamps',
  source_system: 'example',
  version: '1.0.0',
  categories: [
    { name: 'lamps', title: 'Lamps', entities: ['resource/lamp'], edges: ['OWNED_BY'], permissions: ['lamps.read'] },
    { name: 'rooms', title: 'Rooms', entities: ['resource/room'], edges: [], permissions: [] },
  ],
  credential_kinds: [
    {
      kind: 'lamp_login',
      variables: { LAMP_USER: { field: 'user', required: true, secret: false }, LAMP_PASSWORD: { field: 'password', required: true } },
    },
  ],
  accepted_variants: { old_login: 'lamp_login' },
  capabilities: { auth: { required: true } },
  config: {
    base_url: { type: 'url', required: true, description: 'where' },
    organization: { type: 'string', required: false, description: 'who', pattern: '^[a-z-]{1,39}$' },
  },
  params: {
    regions: { type: 'string[]', required: true, description: 'regions', pattern: '^[a-z]{2}$' },
    depth: { type: 'number', required: false, description: 'depth' },
    deep: { type: 'boolean', required: false, description: 'deep' },
  },
};
const executable = { command: '/usr/bin/lamps', args: [], readOnlyPaths: [] };
const register = (changes: object) => () => createRegistry([{ manifest: { ...manifest, ...changes } as ConnectorManifest, executable }]);

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems.map((problem) => problem.field);
    throw error;
  }
  throw new Error('it was taken');
}

describe('the registry', () => {
  test('gives what was registered, in the order of the kinds, and says when there is none', () => {
    const registry = createRegistry([
      { manifest, executable },
      { manifest: { ...manifest, kind: 'beacons' }, executable },
    ]);
    expect(registry.list().map((entry) => entry.manifest.kind)).toEqual(['beacons', 'lamps']);
    expect(registry.get('lamps').executable).toBe(executable);
    expect(registry.has('constructor')).toBe(false);
    expect(() => registry.get('nothing')).toThrow(NotFoundError);
    expect(() => registry.get('nothing')).toThrow(expect.objectContaining({ code: 'CONNECTOR_NOT_FOUND' }));
  });

  test('refuses a kind that is there already', () => {
    expect(() =>
      createRegistry([
        { manifest, executable },
        { manifest, executable },
      ]),
    ).toThrow(expect.objectContaining({ code: 'INVALID_MANIFEST' }));
  });

  test.each([
    ['a kind that is no name', { kind: 'Lamps!' }, 'kind'],
    [
      'an entity type that there is not',
      { categories: [{ ...manifest.categories[0], entities: ['lamp/lamp'] }] },
      'categories.0.entities.0',
    ],
    ['an edge type that there is not', { categories: [{ ...manifest.categories[0], edges: ['LIGHTS'] }] }, 'categories.0.edges.0'],
    ['a platform category', { categories: [{ ...manifest.categories[0], name: '__sync' }] }, 'categories.0.name'],
    ['a category twice', { categories: [manifest.categories[0], manifest.categories[0]] }, 'categories'],
    ['a variant of a kind that is not declared', { accepted_variants: { a: 'b' } }, 'accepted_variants.a'],
    ['a needed credential without a kind', { credential_kinds: [], accepted_variants: {} }, 'credential_kinds'],
    ['a pattern that is none', { params: { x: { type: 'string', required: true, description: 'x', pattern: '(' } } }, 'params.x.pattern'],
    ['a field that there is not', { webhook: 'http://x' }, ''],
  ])('CONN-06: a manifest with %s is refused', (_what, changes, field) => {
    const expected = ['connectors', _what.includes('kind that is no name') ? '(malformed)' : 'lamps', field]
      .filter((part) => part !== '')
      .join('.');
    expect(problemsOf(register(changes))).toContain(expected);
  });

  test.each(['NODE_OPTIONS', 'LD_PRELOAD', 'PATH', 'lower', 'HTTPS_PROXY'])('CRED-09: a manifest cannot declare %s', (name) => {
    const kinds = [{ kind: 'k', variables: { [name]: { field: 'f', required: true } } }];
    expect(() => register({ credential_kinds: kinds, accepted_variants: {} })()).toThrow(
      expect.objectContaining({ code: 'INVALID_MANIFEST' }),
    );
  });
});

describe('the connectors of this repository', () => {
  test('CONN-02: are valid, each with a bundle of its own', () => {
    const registry = createRegistry(builtinConnectors('/dist/connectors'));
    expect(registry.list().map((entry) => entry.manifest.kind)).toEqual(builtinManifests.map((it) => it.kind).sort());
    for (const { manifest: it, executable: program } of registry.list()) {
      expect(program).toEqual({
        command: process.execPath,
        args: [`/dist/connectors/${it.kind}.mjs`],
        readOnlyPaths: [`/dist/connectors/${it.kind}.mjs`],
      });
    }
  });

  test('CRED-09: declare no variable that changes how programs run', () => {
    for (const it of builtinManifests) expect(declaredVariables(it).filter(isForbiddenVariable)).toEqual([]);
  });

  test('CONN-03: every category says the least permissions that it needs', () => {
    for (const it of builtinManifests) for (const category of it.categories) expect(category.permissions.length).toBeGreaterThan(0);
  });
});

test('CRED-15: a variable is plain only when no kind calls it secret', () => {
  expect(declaredVariables(manifest)).toEqual(['LAMP_PASSWORD', 'LAMP_USER']);
  expect(plainVariables(manifest)).toEqual(['LAMP_USER']);
  const both = {
    ...manifest,
    credential_kinds: [...manifest.credential_kinds, { kind: 'k', variables: { LAMP_USER: { field: 'f', required: true } } }],
  };
  expect(plainVariables(both)).toEqual([]);
});

describe('an instance’s config', () => {
  test('comes back when it is as declared', () => {
    const config = { base_url: 'https://lamps.example/api', organization: 'north-wind' };
    expect(validateInstanceConfig(manifest, config)).toBe(config);
    expect(validateInstanceConfig(manifest, { base_url: 'http://127.0.0.1:8080' })).toBeTruthy();
  });

  test.each([
    ['not an object', [], ['config']],
    ['null', null, ['config']],
    ['empty', {}, ['config.base_url']],
    [
      'with several problems',
      { base_url: 'nowhere', organization: 'North Wind', extra: 1 },
      ['config', 'config.base_url', 'config.organization'],
    ],
    ['with a password in the address', { base_url: 'https://user:hunter2@lamps.example' }, ['config.base_url']],
    ['with a file address', { base_url: 'file:///etc/passwd' }, ['config.base_url']],
    ['with a fragment', { base_url: 'https://lamps.example/#x' }, ['config.base_url']],
    ['with an inherited field', JSON.parse('{"__proto__": {"base_url": "https://lamps.example"}}'), ['config', 'config.base_url']],
  ])('API-06: %s is refused with every problem and no value', (_what, config, fields) => {
    const work = () => validateInstanceConfig(manifest, config);
    expect(problemsOf(work)).toEqual(fields);
    expect(work).not.toThrow(/hunter2|North Wind/);
  });
});

describe('a scope’s params', () => {
  test('come back when they are as declared', () => {
    const params = { regions: ['eu', 'us'], depth: 3, deep: false };
    expect(validateScopeParams(manifest, params, ['rooms', 'lamps'])).toBe(params);
  });

  test.each([
    ['no category', { regions: [] }, [], ['categories']],
    ['a category that there is not', { regions: [] }, ['lamps', 'sofas'], ['categories.1']],
    ['a category twice', { regions: [] }, ['lamps', 'lamps'], ['categories']],
    [
      'values of other types',
      { regions: ['eu', 7], depth: Number.NaN, deep: 'no' },
      ['lamps'],
      ['params.deep', 'params.depth', 'params.regions'],
    ],
    ['an item against the pattern', { regions: ['europe'] }, ['lamps'], ['params.regions']],
    ['everything at once', { x: 1 }, ['sofas'], ['categories.0', 'params', 'params.regions']],
  ])('API-06: %s is refused', (_what, params, categories, fields) => {
    expect(problemsOf(() => validateScopeParams(manifest, params, categories))).toEqual(fields);
  });
});
