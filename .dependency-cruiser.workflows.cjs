/**
 * What a workflow reaches at run time is deterministic: no Node built-ins, no database, no zod, no crypto. Apart from the other
 * rules because here type-only imports do not count, there they do.
 */
module.exports = {
  forbidden: [
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        reachable: true,
        path: [
          '^(?:node:)?(?:fs|net|http|https|crypto|child_process|os|path|stream|timers|worker_threads)(?:/|$)',
          'node_modules/(?:zod|mongodb|canonicalize|@azure|@aws-sdk)/',
        ],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
