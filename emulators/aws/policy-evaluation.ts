/** IAM's evaluation logic, as far as reading, trusting and assuming need it: an explicit deny wins, then an allow is needed (IAM User Guide, "Policy evaluation logic"). */
import type { PolicyDocument, World } from './types.ts';

/** Condition keys in lower case with the request's values; a key that is not in it is absent from the request. */
export type RequestContext = Readonly<Record<string, string>>;

export type Decision = 'allow' | 'deny' | 'none';

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: unknown;
}

export function statementsOf(document: PolicyDocument): readonly Statement[] {
  const list = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return list.filter((statement): statement is Statement => typeof statement === 'object' && statement !== null);
}

/** Over all documents, for the statements that `applies` picks. */
export function decide(
  statements: readonly Statement[],
  action: string,
  context: RequestContext,
  applies: (statement: Statement) => boolean,
): Decision {
  const hit = statements.filter(
    (statement) => coversAction(statement, action) && applies(statement) && conditionsHold(statement.Condition, context),
  );
  if (hit.some((statement) => statement.Effect === 'Deny')) return 'deny';
  return hit.some((statement) => statement.Effect === 'Allow') ? 'allow' : 'none';
}

/** What the principal's own policies say. A permissions boundary must allow as well. */
export function identityAllows(world: World, principalArn: string, action: string, resource: string, context: RequestContext): boolean {
  if (principalArn.endsWith(':root')) return true;
  const { documents, boundary } = policiesOf(world, principalArn);
  const applies = (statement: Statement): boolean => coversResource(statement, resource);
  const own = decide(documents.flatMap(statementsOf), action, context, applies);
  return own === 'allow' && (boundary === null || decide(statementsOf(boundary), action, context, applies) === 'allow');
}

export const sessionAllows = (policy: PolicyDocument, action: string, resource: string, context: RequestContext): boolean =>
  decide(statementsOf(policy), action, context, (statement) => coversResource(statement, resource)) === 'allow';

function policiesOf(world: World, principalArn: string): { documents: readonly PolicyDocument[]; boundary: PolicyDocument | null } {
  const { UserDetailList, GroupDetailList, RoleDetailList } = world.details;
  const user = UserDetailList.find((one) => one.Arn === principalArn);
  const role = RoleDetailList.find((one) => one.Arn === principalArn);
  const groups = GroupDetailList.filter((group) => user?.GroupList?.includes(group.GroupName));
  const inline = [user?.UserPolicyList, role?.RolePolicyList, ...groups.map((group) => group.GroupPolicyList)].flatMap(
    (list) => list ?? [],
  );
  const managed = [user, role, ...groups].flatMap((one) => one?.AttachedManagedPolicies ?? []);
  const boundaryArn = (user ?? role)?.PermissionsBoundary?.PermissionsBoundaryArn;
  return {
    documents: [
      ...inline.map((policy) => policy.PolicyDocument),
      ...managed.flatMap((policy) => managedDocument(world, policy.PolicyArn) ?? []),
    ],
    boundary: boundaryArn === undefined ? null : (managedDocument(world, boundaryArn) ?? { Statement: [] }),
  };
}

function managedDocument(world: World, arn: string): PolicyDocument | undefined {
  const policy = world.details.Policies.find((one) => one.Arn === arn);
  return policy?.PolicyVersionList.find((version) => version.VersionId === policy.DefaultVersionId)?.Document;
}

export function coversAction(statement: Statement, action: string): boolean {
  const matches = (patterns: unknown): boolean => list(patterns).some((pattern) => wildcard(pattern.toLowerCase(), action.toLowerCase()));
  return statement.NotAction === undefined ? matches(statement.Action) : !matches(statement.NotAction);
}

function coversResource(statement: Statement, resource: string): boolean {
  const matches = (patterns: unknown): boolean => list(patterns).some((pattern) => wildcard(pattern, resource));
  return statement.NotResource === undefined ? matches(statement.Resource) : !matches(statement.NotResource);
}

/** All operators and all keys must hold; one value of a key is enough. An operator that is not known here holds never. */
export function conditionsHold(condition: unknown, context: RequestContext): boolean {
  if (condition === undefined) return true;
  if (typeof condition !== 'object' || condition === null) return false;
  return Object.entries(condition).every(
    ([operator, keys]) =>
      typeof keys === 'object' &&
      keys !== null &&
      Object.entries(keys).every(([key, values]) => holds(operator, context[key.toLowerCase()], list(values))),
  );
}

function holds(written: string, actual: string | undefined, values: readonly string[]): boolean {
  const bare = written.replace(/^(?:ForAnyValue|ForAllValues):/i, '');
  const operator = bare.replace(/IfExists$/i, '').toLowerCase();
  if (operator === 'null') return values.some((value) => (value.toLowerCase() === 'true') === (actual === undefined));
  const negated = operator.includes('not');
  // An absent key fails a positive test and passes a negated one, an `…IfExists` and a `ForAllValues` (vacuously).
  if (actual === undefined) return negated || operator !== bare.toLowerCase() || /^ForAllValues:/i.test(written);
  const test = TESTS[operator.replace('not', '')];
  if (test === undefined) return false;
  const hit = values.some((value) => test(value, actual));
  return negated ? !hit : hit;
}

const TESTS: Readonly<Record<string, (value: string, actual: string) => boolean>> = {
  stringequals: (value, actual) => value === actual,
  stringequalsignorecase: (value, actual) => value.toLowerCase() === actual.toLowerCase(),
  stringlike: wildcard,
  arnequals: wildcard,
  arnlike: wildcard,
  bool: (value, actual) => value.toLowerCase() === actual.toLowerCase(),
};

function list(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

/** `*` and `?`, greedy with one way back: linear in practice. */
function wildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
