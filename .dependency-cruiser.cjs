/**
 * The house rules (docs/architecture.md): imports flow one way, and only `cli/` builds real things.
 * `npm run lint` fails on every violation.
 */
const room = (...names) => `^(?:${names.join('|')})/`;

/** A room and everything of ours that it may import. */
const MAY_IMPORT = {
  domain: ['domain'],
  workflows: ['workflows', 'domain', 'activities'],
  activities: ['activities', 'domain', 'storage/ports'],
  broker: ['broker', 'domain', 'storage/ports'],
  connectors: ['connectors', 'domain'],
  storage: ['storage', 'domain'],
  ui: ['ui', 'domain'],
  api: ['api', 'ui', 'domain', 'workflows/messages', 'storage/ports'],
  emulators: ['emulators', 'domain'],
};
const OURS = room(...Object.keys(MAY_IMPORT), 'cli', 'bench', 'test', 'scripts');

module.exports = {
  forbidden: [
    ...Object.entries(MAY_IMPORT).map(([from, allowed]) => ({
      name: `${from}-imports`,
      comment: `${from}/ may import only: ${allowed.join(', ')}`,
      severity: 'error',
      from: { path: room(from) },
      to: { path: OURS, pathNot: allowed.map((path) => `^${path}(?:/|\\.ts$)`) },
    })),
    {
      name: 'workflows-import-activity-types-only',
      severity: 'error',
      from: { path: room('workflows') },
      to: { path: room('activities'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-repository-mints-verified-tenants',
      severity: 'error',
      from: { pathNot: ['^storage/mongo/verified-tenants\\.ts$', '^test/', '^domain/credentials/'] },
      to: { path: '^domain/credentials/mint-verified-tenant\\.ts$' },
    },
    {
      name: 'bson-stays-in-storage',
      severity: 'error',
      from: { path: OURS, pathNot: ['^storage/', '^test/', '^cli/', '^bench/'] },
      to: { path: 'node_modules/(?:mongodb|bson)/' },
    },
    {
      name: 'secrets-stay-in-the-broker',
      comment: 'application code never holds a bundle (CRED-07); the composition root connects broker and driver',
      severity: 'error',
      from: { path: ['^api/', '^ui/', '^storage/', '^workflows/', '^domain/'] },
      to: { path: '^broker/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: room(...Object.keys(MAY_IMPORT), 'cli') },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
