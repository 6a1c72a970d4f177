import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type JobFacts, readWorkflowFile, type WorkflowFacts } from '../../../connectors/github/converters/workflow-file.ts';
import { openPattern, readTriggers } from '../../../connectors/github/converters/workflow-triggers.ts';

const facts = (text: string): WorkflowFacts => {
  const found = readWorkflowFile(text);
  if (found === null) throw new Error('not a workflow');
  return found;
};
const withJob = (job: object, top: object = {}): JobFacts => {
  const [found] = facts(stringify({ on: 'push', ...top, jobs: { it: job } })).jobs;
  if (found === undefined) throw new Error('no job');
  return found;
};
const events = (on: unknown): string[] => facts(stringify({ on, jobs: { it: { steps: [] } } })).triggers.map(({ event }) => event);

describe('triggers', () => {
  it('reads a name, a list and a map', () => {
    expect(events('push')).toEqual(['push']);
    expect(events(['push', 'pull_request'])).toEqual(['pull_request', 'push']);
    expect(events({ workflow_dispatch: null, push: { branches: ['main'] } })).toEqual(['push', 'workflow_dispatch']);
  });

  it('DATA-01: a file that names hundreds of events is none that GitHub runs, and makes no entity of each', () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const made = letters.flatMap((a) => letters.map((b) => `${a}${b}`));
    expect(readWorkflowFile(stringify({ on: made, jobs: { it: { steps: [] } } }))).toBeNull();
    expect(readWorkflowFile(stringify({ on: made.slice(0, 60), jobs: { it: { steps: [] } } }))?.triggers).toHaveLength(60);
  });

  it('DATA-03: the last of thousands of jobs is read like the first: nothing hides behind the others', () => {
    const jobs = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`j${index}`, { steps: [] as object[] }]));
    const last = { permissions: { 'id-token': 'write' }, environment: 'production', steps: [] };
    const read = facts(stringify({ on: 'push', jobs: { ...jobs, last } })).jobs;
    expect(read).toHaveLength(3_001);
    expect(read.at(-1)).toMatchObject({ id: 'last', idToken: true, environment: 'production' });
  });

  it('DATA-03: a filter of more branches than are kept is open: no branch hides behind a hundred others', () => {
    const branches = Array.from({ length: 101 }, (_, n) => `b${n}`);
    expect(readTriggers({ push: { branches } })[0]?.branches).toEqual({ only: ['*'] });
    expect(readTriggers({ push: { branches: [...branches.slice(1), '!b1'] } })[0]?.branches?.only).toHaveLength(100);
  });

  it('reads `on` of a YAML 1.1 document, where the key is a boolean', () => {
    expect(facts('%YAML 1.1\n---\non: push\njobs: { a: { steps: [] } }\n').triggers[0]?.event).toBe('push');
  });

  it('reads filters and schedules', () => {
    const { triggers } = facts(
      stringify({
        on: {
          push: { branches: ['main', 'release/**', '!release/old'], 'tags-ignore': ['v0*'] },
          schedule: [{ cron: '17 3 * * MON-fri' }, { cron: 'CANARY a b c d' }],
        },
        jobs: { a: { steps: [] } },
      }),
    );
    expect(triggers).toEqual([
      { event: 'push', schedules: [], branches: { only: ['main', 'release/*'] }, tags: { only: [] } },
      { event: 'schedule', schedules: ['17 3 * * MON-fri'], branches: null, tags: null },
    ]);
  });

  it.each([
    ['main', 'main'],
    ['release/**', 'release/*'],
    ['**', '*'],
    ['v[12].x', 'v*'],
    ['feature-?', 'feature*'],
    ['ab+c', 'a*'],
    ['a\\*b', 'a*'],
    ['a b', '*'],
    ['a:b', '*'],
  ])('a filter pattern %s leaves open %s', (pattern, open) => {
    expect(openPattern(pattern)).toBe(open);
  });
});

describe('permissions', () => {
  const idToken = (top: unknown, job?: unknown): boolean =>
    withJob(job === undefined ? {} : { permissions: job }, top === undefined ? {} : { permissions: top }).idToken;

  it('a job can ask for a token only when its effective permissions say so', () => {
    expect(idToken(undefined)).toBe(false);
    expect(idToken({ 'id-token': 'write' })).toBe(true);
    expect(idToken({ 'id-token': 'read' })).toBe(false);
    expect(idToken('write-all')).toBe(true);
    expect(idToken('read-all')).toBe(false);
    expect(idToken({})).toBe(false);
    expect(idToken(undefined, { 'id-token': 'write' })).toBe(true);
  });

  it("a job's own permissions replace those of the workflow", () => {
    expect(idToken({ 'id-token': 'write' }, { contents: 'read' })).toBe(false);
    expect(idToken('write-all', {})).toBe(false);
    expect(idToken({ contents: 'read' }, 'write-all')).toBe(true);
  });

  it('keeps known levels of well-formed scopes', () => {
    expect(withJob({ permissions: { contents: 'read', packages: 'none', 'CANARY x': 'write', actions: 'CANARY' } }).permissions).toEqual({
      contents: 'read',
    });
  });
});

describe('secrets', () => {
  const secrets = (job: object, top: object = {}) => withJob(job, top).secrets;

  it('finds references wherever an expression can stand, case-insensitively, and not the token that every job has', () => {
    const found = secrets(
      {
        if: "secrets.IN_IF != ''",
        env: { A: '${{ secrets.from_job_env }}', B: '${{ secrets.GITHUB_TOKEN }}' },
        container: { credentials: { password: "${{ secrets['REGISTRY'] }}" } },
        steps: [{ with: { token: "${{ github.ref == 'x' && secrets.A1 || secrets.B2 }}" }, run: 'echo ${{secrets.IN_RUN}}' }],
      },
      { env: { TOP: '${{ secrets.SHARED }}' } },
    );
    expect(found).toEqual({ names: ['A1', 'B2', 'FROM_JOB_ENV', 'IN_IF', 'IN_RUN', 'REGISTRY', 'SHARED'], all: false, inherited: false });
  });

  it('takes the whole context, and names made at run time, for every secret', () => {
    expect(secrets({ env: { ALL: '${{ toJSON(secrets) }}' } }).all).toBe(true);
    expect(secrets({ env: { ONE: '${{ secrets[matrix.name] }}' } }).all).toBe(true);
    expect(secrets({ env: { ONE: '${{ secrets.A }}' } }).all).toBe(false);
    expect(secrets({ uses: 'o/r/.github/workflows/x.yml@v1', secrets: 'inherit' })).toMatchObject({ inherited: true });
  });

  it('takes no literal for a reference', () => {
    expect(secrets({ steps: [{ run: 'cat secrets.txt; export secrets.API_KEY=CANARY' }] }).names).toEqual([]);
  });
});

describe('jobs', () => {
  it('reads environments, and opens what an expression fills', () => {
    expect(withJob({ environment: 'production' }).environment).toBe('production');
    expect(withJob({ environment: { name: 'eu/prod', url: 'https://x' } }).environment).toBe('eu/prod');
    expect(withJob({ environment: 'prod-${{ inputs.region }}' }).environment).toBe('prod-*');
    expect(withJob({ environment: '${{ inputs.region }}' }).environment).toBe('*');
    expect(withJob({}).environment).toBeNull();
    expect(withJob({ environment: 'x'.repeat(300) }).environment).toBe('*');
  });

  it('reads literal role ARNs and Entra apps of the sign-in actions, and nothing else of their inputs', () => {
    const job = withJob({
      steps: [
        {
          uses: 'aws-actions/configure-aws-credentials@v5',
          with: { 'role-to-assume': 'arn:aws:iam::111122223333:role/path/deploy', 'aws-secret-access-key': 'CANARY' },
        },
        { uses: 'AWS-Actions/Configure-AWS-Credentials@v5', with: { 'role-to-assume': '${{ vars.ROLE }}' } },
        { uses: 'somebody/else@v1', with: { 'role-to-assume': 'arn:aws:iam::111122223333:role/not-this' } },
        { uses: 'Azure/login@v2', with: { 'client-id': '5E0B9A54-8F2C-4B39-8F64-2D7A3C0E9B21', 'tenant-id': '${{ secrets.T }}' } },
        { uses: 'azure/login@v2', with: { creds: 'CANARY' } },
      ],
    });
    expect(job.roleArns).toEqual(['arn:aws:iam::111122223333:role/path/deploy']);
    expect(job.azureApps).toEqual([{ clientId: '5e0b9a54-8f2c-4b39-8f64-2d7a3c0e9b21', tenantId: null }]);
  });

  it("sees that a pull request's own commit is checked out", () => {
    const checkout = (ref?: string) =>
      withJob({ steps: [{ uses: 'actions/checkout@v5', with: ref === undefined ? {} : { ref } }] }).checksOutPullRequest;
    expect(checkout('${{ github.event.pull_request.head.sha }}')).toBe(true);
    expect(checkout('refs/pull/${{ github.event.number }}/merge')).toBe(true);
    expect(checkout('${{ github.head_ref }}')).toBe(true);
    expect(checkout('main')).toBe(false);
    expect(checkout()).toBe(false);
  });
});

describe('hostile files', () => {
  it.each([
    ['not YAML', 'on: push\njobs:\n  a: {{ x\n'],
    ['no map', '- a'],
    ['empty', ''],
    ['no trigger', 'jobs: { a: { steps: [] } }'],
    ['no job', 'on: push'],
    ['a giant', `on: push # ${'x'.repeat(1_100_000)}`],
    [
      'an alias bomb',
      `on: push\na: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, n) => `${name}: &${name} [${`*${'abcdefgh'[n]},`.repeat(9)}]`).join('\n')}\njobs: { j: { steps: *i } }`,
    ],
  ])('%s gives nothing', (_what, text) => {
    expect(readWorkflowFile(text)).toBeNull();
  });

  it('survives circles and dangerous keys', () => {
    expect(facts('on: push\njobs:\n  a: &a\n    env: *a\n    name: ${{ secrets.X }}\n').jobs[0]?.secrets.names).toEqual(['X']);
    facts('on: push\njobs:\n  __proto__: { polluted: true }\n  constructor: { steps: [] }\n');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('DATA-09: no text comes out, wherever it stands', () => {
    const leaf = fc.constantFrom('CANARY-7f', 'x CANARY-7f y', '${{ CANARY-7f }}', 'https://u:CANARY-7f@h/', 'CANARY-7f\nCANARY-7f');
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'ref',
            'url',
            'env',
            'run',
            'if',
            'uses',
            'CANARY-7f',
            'role-to-assume',
            'client-id',
            'tenant-id',
            'types',
            'cron',
          ),
          tie('value'),
          { maxKeys: 3 },
        ),
      ),
    })).value;
    const stepValue = fc.record({
      uses: fc.oneof(fc.constantFrom('azure/login@v2', 'aws-actions/configure-aws-credentials@v5', 'actions/checkout@v5'), leaf),
      with: fc.dictionary(fc.constantFrom('role-to-assume', 'client-id', 'tenant-id', 'ref', 'creds'), leaf),
      env: value,
    });
    const keys = fc.constantFrom(
      'name',
      'env',
      'steps',
      'with',
      'permissions',
      'secrets',
      'uses',
      'strategy',
      'container',
      'services',
      'defaults',
      'concurrency',
      'outputs',
    );
    fc.assert(
      fc.property(fc.dictionary(keys, value), fc.dictionary(keys, value), value, stepValue, (top, job, settings, step) => {
        const text = stringify({
          on: { push: { paths: settings }, repository_dispatch: { types: settings }, schedule: settings, 'CANARY-7f': null },
          ...top,
          jobs: { it: { ...job, steps: [step] }, 'CANARY-7f!': {} },
        });
        expect(JSON.stringify(readWorkflowFile(text))).not.toMatch(/canary/i);
      }),
      { numRuns: 300 },
    );
  });
});
