/**
 * IAM policy documents in one form. The API sends them URL-encoded (RFC 3986), the AWS CLI prints objects, and exports
 * made by other tools hold JSON strings; a single statement may stand without its list, and a single value without its array
 * (IAM User Guide, "Grammar of the IAM JSON policy language").
 */
import { canonicalJson, sha256 } from '../../../domain/canonical.ts';

export interface PolicyCondition {
  /** As written: `StringLike`, `ForAnyValue:StringEquals`, `NullIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export interface PolicyStatement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** By kind (`AWS`, `Service`, `Federated`, `CanonicalUser`); the bare `"*"` is `{ AWS: ['*'] }` and sets `anyPrincipal`. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly anyPrincipal: boolean;
  readonly hasNotPrincipal: boolean;
  readonly conditions: readonly PolicyCondition[];
}

/** The statements of a document, or `null` when it is no policy document. Lists are sorted sets: their order has no meaning in IAM. */
export function parsePolicyDocument(raw: unknown): readonly PolicyStatement[] | null {
  const document = decodeDocument(raw);
  if (!isRecord(document) || !('Statement' in document)) return null;
  const list = Array.isArray(document['Statement']) ? document['Statement'] : [document['Statement']];
  const statements = list.map(parseStatement);
  return statements.every((statement) => statement !== null) ? statements : null;
}

function decodeDocument(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  const text = raw.trim();
  try {
    return JSON.parse(text.startsWith('{') ? text : decodeURIComponent(text));
  } catch {
    return null;
  }
}

function parseStatement(value: unknown): PolicyStatement | null {
  if (!isRecord(value) || (value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny')) return null;
  const sid = typeof value['Sid'] === 'string' && value['Sid'] !== '' ? value['Sid'].toWellFormed() : null;
  const principal = value['Principal'];
  return {
    sid,
    effect: value['Effect'],
    actions: stringSet(value['Action']),
    notActions: stringSet(value['NotAction']),
    resources: stringSet(value['Resource']),
    notResources: stringSet(value['NotResource']),
    principals: parsePrincipals(principal),
    anyPrincipal: principal === '*',
    hasNotPrincipal: 'NotPrincipal' in value,
    conditions: parseConditions(value['Condition']),
  };
}

function parsePrincipals(value: unknown): Record<string, readonly string[]> {
  if (value === '*') return { AWS: ['*'] };
  if (!isRecord(value)) return {};
  const kinds = ['AWS', 'CanonicalUser', 'Federated', 'Service'].filter((kind) => value[kind] !== undefined);
  return Object.fromEntries(kinds.map((kind) => [kind, stringSet(value[kind])]));
}

function parseConditions(value: unknown): PolicyCondition[] {
  if (!isRecord(value)) return [];
  const conditions = Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, values]) => ({
          operator: operator.toWellFormed(),
          key: key.toWellFormed(),
          values: stringSet(values),
        }))
      : [],
  );
  return conditions.sort((a, b) => order(a.operator, b.operator) || order(a.key, b.key));
}

/** Code unit order: the same on every machine, whatever its locale. */
export const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A string, number or boolean, or a list of them, as a sorted set of well-formed strings. */
function stringSet(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const scalars = list.filter((item) => typeof item === 'string' || typeof item === 'boolean' || typeof item === 'number');
  return [...new Set(scalars.map((item) => String(item).toWellFormed()))].sort(order);
}

/** IAM bounds a policy and not a Sid: one that fills the policy would make an id that the graph refuses, and with it the whole account. */
const LONGEST_SID = 128;

/**
 * A name for each statement that stays when statements change places: the Sid where it names one statement only,
 * else a digest of the statement itself. Statements that are equal word for word get one name.
 */
export function statementKeys(statements: readonly PolicyStatement[]): readonly string[] {
  const seen = new Map<string, number>();
  for (const { sid } of statements) if (sid !== null) seen.set(sid, (seen.get(sid) ?? 0) + 1);
  return statements.map((statement) =>
    statement.sid !== null && statement.sid.length <= LONGEST_SID && seen.get(statement.sid) === 1
      ? statement.sid
      : sha256(canonicalJson(statement)).slice(0, 16),
  );
}

/** The distinct condition keys, lower case (they are compared without case), without their values (DATA-09). */
export function conditionKeys(statement: PolicyStatement): readonly string[] {
  return [...new Set(statement.conditions.map((condition) => condition.key.toLowerCase()))].sort(order);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
