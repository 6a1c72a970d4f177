import { describe, expect, it } from 'vitest';
import type { OidcTemplate, Repository } from '../../../connectors/github/api-types.ts';
import { type Subject, subjectsOf } from '../../../connectors/github/converters/subjects.ts';
import { readWorkflowFile } from '../../../connectors/github/converters/workflow-file.ts';
import { literalSubject, meets, sourceSubject, trustedSubject } from '../../../domain/stitching/subject-pattern.ts';

const repository: Repository = {
  id: 456,
  name: 'repo',
  full_name: 'octo/repo',
  owner: { login: 'octo', id: 123 },
  private: true,
  visibility: 'private',
  fork: false,
  archived: false,
  disabled: false,
  default_branch: 'trunk',
  created_at: '2024-01-01T00:00:00Z',
};
const DEFAULT: OidcTemplate = { use_default: true };
const asks = 'permissions: { id-token: write }\n';

function subjects(text: string, template: OidcTemplate = DEFAULT, more: Partial<Repository> = {}, hosted = true): readonly Subject[] {
  const facts = readWorkflowFile(text);
  if (facts === null) throw new Error('not a workflow');
  return subjectsOf(facts, { repository: { ...repository, ...more }, template, hosted, path: '.github/workflows/w.yml' });
}
const contexts = (text: string): string[] => subjects(text).map(({ subject }) => subject.replace('repo:octo/repo:', ''));
const one = (on: string): string[] => contexts(`on: ${on}\n${asks}jobs: { a: { steps: [] } }`);

describe('default subjects', () => {
  it.each([
    ['push', ['ref:refs/heads/*', 'ref:refs/tags/*']],
    ['{ push: { branches: [main] } }', ['ref:refs/heads/main']],
    ['{ push: { branches: [main, "release/**"], tags: ["v*"] } }', ['ref:refs/heads/main', 'ref:refs/heads/release/*', 'ref:refs/tags/v*']],
    ['{ push: { tags: ["v1"] } }', ['ref:refs/tags/v1']],
    ['{ push: { branches-ignore: [wip] } }', ['ref:refs/heads/*']],
    ['pull_request', ['pull_request']],
    ['pull_request_target', ['ref:refs/heads/trunk']],
    ['workflow_dispatch', ['ref:refs/heads/*', 'ref:refs/tags/*']],
    ['{ schedule: [{ cron: "0 0 * * *" }] }', ['ref:refs/heads/trunk']],
    ['issue_comment', ['ref:refs/heads/trunk']],
    ['release', ['ref:refs/tags/*']],
    ['merge_group', ['ref:refs/heads/gh-readonly-queue/*']],
    ['[pull_request, push]', ['pull_request', 'ref:refs/heads/*', 'ref:refs/tags/*']],
    ['workflow_call', []],
    ['[workflow_call, schedule]', ['ref:refs/heads/trunk']],
  ])('on: %s runs as %j', (on, expected) => {
    expect(one(on)).toEqual(expected);
  });

  it('an environment stands in place of the ref, whatever the trigger', () => {
    expect(contexts(`on: [push, pull_request]\n${asks}jobs: { a: { environment: production } }`)).toEqual(['environment:production']);
    expect(contexts(`on: push\n${asks}jobs: { a: { environment: 'eu:prod' } }`)).toEqual(['environment:eu%3Aprod']);
    expect(contexts(`on: push\n${asks}jobs: { a: { environment: 'prod-\${{ inputs.x }}' } }`)).toEqual(['environment:prod-*']);
  });

  it("a called workflow runs with its caller's subjects, and only it says in which environment", () => {
    const on = 'on: { push: { branches: [main] } }\n';
    expect(contexts(`${on}${asks}jobs: { a: { uses: octo/actions/.github/workflows/deploy.yml@v1 } }`)).toEqual([
      'environment:*',
      'ref:refs/heads/main',
    ]);
    const [open] = subjects(`${on}${asks}jobs: { a: { uses: ./.github/workflows/deploy.yml } }`);
    const pattern = sourceSubject(open?.subject ?? '');
    expect(meets(pattern, literalSubject('repo:octo/repo:environment:production'))).toBe(true);
    expect(meets(pattern, literalSubject('repo:octo/other:environment:production'))).toBe(false);
    expect(open).toMatchObject({ environment: null });
  });

  it('only jobs that can ask for a token have one', () => {
    const text =
      'on: { push: { branches: [main] } }\njobs:\n  a: { permissions: { id-token: write } }\n  b: { environment: prod }\n  c: { permissions: { id-token: write } }\n';
    expect(subjects(text)).toEqual([{ subject: 'repo:octo/repo:ref:refs/heads/main', form: 'name', environment: null, jobs: ['a', 'c'] }]);
  });
});

describe('the two default forms', () => {
  const text = `on: { push: { branches: [main] } }\n${asks}jobs: { a: { steps: [] } }`;
  const form = (template: OidcTemplate, more: Partial<Repository> = {}, hosted = true) => subjects(text, template, more, hosted)[0];

  it("the repository's own answer decides, its age only where there is none", () => {
    expect(form(DEFAULT)).toMatchObject({ subject: 'repo:octo/repo:ref:refs/heads/main', form: 'name' });
    expect(form({ ...DEFAULT, use_immutable_subject: true })).toMatchObject({
      subject: 'repo:octo@123/repo@456:ref:refs/heads/main',
      form: 'immutable',
    });
    expect(form(DEFAULT, { created_at: '2026-07-15T00:00:00Z' })).toMatchObject({ form: 'immutable' });
    expect(form(DEFAULT, { created_at: '2026-07-14T23:59:59Z' })).toMatchObject({ form: 'name' });
    expect(form({ ...DEFAULT, use_immutable_subject: false }, { created_at: '2026-08-01T00:00:00Z' })).toMatchObject({ form: 'name' });
  });

  it('an Enterprise Server has no immutable form', () => {
    expect(form(DEFAULT, { created_at: '2026-08-01T00:00:00Z' }, false)).toMatchObject({ form: 'name' });
  });

  it('a prefix that GitHub gives is taken as it is', () => {
    expect(form({ ...DEFAULT, use_immutable_subject: true, sub_claim_prefix: 'repo:octo@123/old@456' })?.subject).toBe(
      'repo:octo@123/old@456:ref:refs/heads/main',
    );
  });
});

describe('customised subjects', () => {
  const text = `on: { push: { branches: [main] } }\n${asks}jobs: { a: { steps: [] } }`;
  const custom = (...keys: string[]): string | undefined => subjects(text, { use_default: false, include_claim_keys: keys })[0]?.subject;

  it('are put together in the order of the keys; what only a run decides is open', () => {
    expect(custom('repo', 'context', 'job_workflow_ref')).toBe(
      'repo:octo/repo:ref:refs/heads/main:job_workflow_ref:octo/repo/.github/workflows/w.yml@*',
    );
    expect(custom('repository_owner_id', 'repository_id', 'ref')).toBe('repository_owner_id:123:repository_id:456:ref:refs/heads/main');
    expect(custom('repository_visibility', 'actor', 'environment')).toBe('repository_visibility:private:actor:*:environment:*');
  });

  it('are the default one when the keys are not used', () => {
    expect(subjects(text, { use_default: true, include_claim_keys: ['actor'] })[0]).toMatchObject({ form: 'name' });
    expect(subjects(text, { use_default: false, include_claim_keys: [] })[0]).toMatchObject({ form: 'name' });
  });

  it('beyond the bound are open, so that none can be hidden behind others', () => {
    const jobs = Array.from({ length: 510 }, (_, n) => `j${n}: { environment: decoy-${n} }`).join(', ');
    const many = subjects(`on: push\n${asks}jobs: { ${jobs}, last: { environment: production } }`).map(({ subject }) => subject);
    expect(many).toHaveLength(501);
    expect(many).toContain('repo:octo/repo:*');
  });

  it('stay within what an id can hold', () => {
    const [long] = subjects(text, {
      use_default: false,
      include_claim_keys: ['repository', ...Array.from({ length: 49 }, () => 'job_workflow_ref')],
    });
    expect(long?.subject.length).toBeLessThanOrEqual(620);
    expect(long?.subject.endsWith(':*')).toBe(true);
  });
});

describe('DATA-07: subjects and trusts', () => {
  it('meet as GitHub and the clouds would compare them', () => {
    const [heads] = subjects(`on: workflow_dispatch\n${asks}jobs: { a: { steps: [] } }`);
    const pattern = sourceSubject(heads?.subject ?? '');
    expect(meets(pattern, literalSubject('repo:octo/repo:ref:refs/heads/main'))).toBe(true);
    expect(meets(pattern, literalSubject('repo:octo/repo:environment:production'))).toBe(false);
    expect(meets(pattern, trustedSubject('StringLike', 'repo:octo/*'))).toBe(true);
    expect(meets(pattern, trustedSubject('StringLike', 'repo:other/*'))).toBe(false);
  });
});
