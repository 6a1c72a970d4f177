/** How far a condition on the subject of an OIDC token reaches: to the one whom it names, or to whoever can make a subject that fits. */
import type { OidcTrust } from '../../stitching/keys.ts';
import { meets, trustedSubject } from '../../stitching/subject-pattern.ts';
import { isGithubIssuer } from './oidc.ts';

type Condition = OidcTrust['subjects'][number];

/**
 * `bound`: all that match belong to the one repository, project or account that the pattern names. `open`: somebody else's match too.
 * `undecided`: that depends on a subject format that we do not know. `reusable`: it names a reusable workflow, and who may call that is not told.
 */
export type SubjectReach = 'bound' | 'open' | 'undecided' | 'reusable';

const WILDCARD = /[*?]/;

/**
 * The conditions that let somebody in. Two operators on one key are an AND: beside exact values a pattern lets in nobody more, and of the exact
 * values only those that meet it (IAM User Guide, "Conditions with multiple context keys or values").
 */
export function effectiveSubjects(subjects: readonly Condition[]): readonly Condition[] {
  const exact = subjects.filter(({ op }) => op === 'StringEquals');
  const patterns = subjects.filter(({ op }) => op === 'StringLike');
  if (exact.length === 0 || patterns.length === 0) return subjects;
  const wanted = patterns.map(({ op, value }) => trustedSubject(op, value));
  return exact.filter(({ op, value }) => wanted.some((pattern) => meets(trustedSubject(op, value), pattern)));
}

export function subjectReach(issuer: string, { op, value }: Condition): SubjectReach {
  // `StringEquals` takes `*` for a plain character.
  const open = (text: string): boolean => op === 'StringLike' && WILDCARD.test(text);
  if (isGithubIssuer(issuer)) return githubReach(value, open);
  if (!open(value)) return 'bound';
  return /^[*?]/.test(value) ? 'open' : 'undecided';
}

/** Claims that name one owner, or one thing of theirs, and the part of the value that does so. */
const NAMES_ONE: ReadonlyMap<string, RegExp> = new Map([
  ['repo', /^[^/]+\/[^/]+$/],
  ['repository', /^[^/]+\/[^/]+$/],
  ['repository_id', /^\d+$/],
  ['repository_owner', /^[^/]+$/],
  ['repository_owner_id', /^\d+$/],
  ['enterprise', /^[^/]+$/],
  ['enterprise_id', /^\d+$/],
  ['workflow_ref', /^[^/]+\/[^/]+\//],
]);

/** Of a reusable workflow in a public repository anybody can be the caller (docs.github.com, "Reuse workflows"). */
const REUSABLE = 'job_workflow_ref';
const REPOSITORY_OF_FILE = /^[^/]+\/[^/]+\//;

/** Claims that anybody's workflow can have with the same value (docs.github.com, "OpenID Connect reference"). */
const ANYBODYS: ReadonlySet<string> = new Set([
  'actor',
  'actor_id',
  'base_ref',
  'check_run_id',
  'environment',
  'event_name',
  'head_ref',
  'job_workflow_sha',
  'ref',
  'ref_protected',
  'ref_type',
  'repository_visibility',
  'run_attempt',
  'run_id',
  'run_number',
  'runner_environment',
  'sha',
  'workflow',
  'workflow_sha',
]);

type Pair = readonly [claim: string, value: string];

/**
 * A subject is `claim:value` pairs with a colon between; `pull_request` stands alone, and a colon within a value is written `%3A`. Whoever
 * administers a repository or its organization chooses which claims its subjects hold (docs.github.com, "OpenID Connect reference"):
 * `environment:x` alone can be the subject of any repository, so that without a claim that names an owner a subject binds nobody.
 */
function githubReach(subject: string, open: (text: string) => boolean): SubjectReach {
  const reachOf = ([claim, value]: Pair): SubjectReach => {
    if (open(claim)) return 'open';
    const named = claim === REUSABLE ? REPOSITORY_OF_FILE.exec(value)?.[0] : NAMES_ONE.get(claim)?.exec(value)?.[0];
    if (named !== undefined && !open(named)) return claim === REUSABLE ? 'reusable' : 'bound';
    return claim === REUSABLE || NAMES_ONE.has(claim) || ANYBODYS.has(claim) ? 'open' : 'undecided';
  };
  const said = new Set(pairsOf(subject, open).map(reachOf));
  if (said.has('bound')) return 'bound';
  // A pattern that begins with a wildcard is open whatever a part of it means in a form that we do not know.
  if (open(subject.slice(0, 1))) return 'open';
  if (said.has('reusable')) return 'reusable';
  return said.has('undecided') ? 'undecided' : 'open';
}

/** In order. Behind a wildcard it is no longer told which part is a claim: every part is then tried as one, since no value holds a colon. */
function pairsOf(subject: string, open: (text: string) => boolean): readonly Pair[] {
  const parts = subject.split(':');
  const pairs: Pair[] = [];
  let wild = false;
  for (let n = 0; n < parts.length; ) {
    const claim = parts[n] ?? '';
    const value = parts[n + 1] ?? '';
    if (wild) {
      if (NAMES_ONE.has(claim) || claim === REUSABLE) pairs.push([claim, value]);
      n += 1;
      continue;
    }
    const alone = claim === 'pull_request';
    if (!alone) pairs.push([claim, value]);
    wild = open(claim) || open(value);
    n += alone || wild ? 1 : 2;
  }
  return pairs;
}
