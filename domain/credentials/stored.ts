/**
 * Stored credentials: what may be put in, what may be said about them, and how they become variables of the child (CRED-15, CRED-16).
 * "Connection" is the connector instance that a credential belongs to.
 */
import type { ConnectorManifest, CredentialKindDeclaration } from '../connectors/manifest.ts';
import { InvalidInputError, type InputProblem, PersistentError } from '../errors.ts';
import type { InstanceId, TenantId } from '../ids.ts';

export const STORED_STATES = ['none', 'active', 'revoked', 'deleted'] as const;
/** `none`: there never was one, or an operator decided to forget that there was. */
export type StoredState = (typeof STORED_STATES)[number];

/** Presence only: everything that anybody but the broker gets to know. */
export interface StoredCredentialStatus {
  readonly tenant_id: TenantId;
  readonly instance_id: InstanceId;
  readonly state: StoredState;
  /** Null unless active. */
  readonly kind: string | null;
  /** Of the active credential; 0 when there is none. Grows with every put, also over deletions. */
  readonly version: number;
  /** Names, sorted; never values. */
  readonly field_names: readonly string[];
  readonly changed_at: Date | null;
}

export interface CredentialInput {
  readonly kind: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** As the driver's last check of a bundle: a shorter secret cannot be kept out of a log. */
const MIN_SECRET_LENGTH = 8;
const MAX_VALUE_BYTES = 16 * 1024;

/** The declaration that a stored kind stands for: its own, or that of which it is an accepted variant. */
export function declarationOf(manifest: ConnectorManifest, kind: string): CredentialKindDeclaration | null {
  const variant = Object.hasOwn(manifest.accepted_variants, kind) ? manifest.accepted_variants[kind] : kind;
  return manifest.credential_kinds.find((declared) => declared.kind === variant) ?? null;
}

/** Variables of the child, without empty values. @throws PersistentError `CREDENTIAL_KIND_MISMATCH` */
export function variablesOf(manifest: ConnectorManifest, kind: string, fields: Readonly<Record<string, string>>): Record<string, string> {
  const declared = declarationOf(manifest, kind);
  if (declared === null) {
    throw new PersistentError(
      'the stored credential is of a kind that this connector does not accept: its mapping or a migration is wrong',
      {
        code: 'CREDENTIAL_KIND_MISMATCH',
        actor: 'engineer',
        expected: acceptedKinds(manifest),
        subject: manifest.kind,
      },
    );
  }
  const variables: Record<string, string> = {};
  for (const [name, { field }] of Object.entries(declared.variables)) {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value) variables[name] = value;
  }
  return variables;
}

/** What is wrong is said by field; what was given is never repeated. @throws InvalidInputError `INVALID_CREDENTIAL` */
export function checkedCredential(manifest: ConnectorManifest, input: CredentialInput): CredentialInput {
  const declared = typeof input.kind === 'string' ? declarationOf(manifest, input.kind) : null;
  if (declared === null) throw invalid([{ field: 'kind', expected: `one of ${acceptedKinds(manifest)}` }]);
  const wanted = new Map(Object.values(declared.variables).map((variable) => [variable.field, variable]));
  const given: unknown = input.fields;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid([{ field: 'fields', expected: 'an object' }]);
  const fields: Record<string, string> = {};
  const problems: InputProblem[] = [];
  if (Object.keys(given).some((name) => !wanted.has(name))) {
    problems.push({ field: 'fields', expected: `no other fields than ${[...wanted.keys()].sort().join(', ')}` });
  }
  for (const [field, { required, secret }] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value: unknown = Object.hasOwn(given, field) ? (given as Record<string, unknown>)[field] : undefined;
    // An empty string counts as absent (CRED-11).
    if (value === undefined || value === '') {
      if (required) problems.push({ field: `fields.${field}`, expected: 'a value' });
      continue;
    }
    const expected = valueProblem(value, secret !== false);
    if (expected === null) fields[field] = value as string;
    else problems.push({ field: `fields.${field}`, expected });
  }
  if (problems.length > 0) throw invalid(problems);
  return { kind: input.kind, fields };
}

function valueProblem(value: unknown, secret: boolean): string | null {
  if (typeof value !== 'string') return 'text';
  if (value.includes('\0')) return 'text without a NUL';
  if (!value.isWellFormed()) return 'well-formed Unicode';
  if (new TextEncoder().encode(value).length > MAX_VALUE_BYTES) return `at most ${MAX_VALUE_BYTES} bytes`;
  if (secret && value.length < MIN_SECRET_LENGTH) return `a secret of at least ${MIN_SECRET_LENGTH} characters`;
  return null;
}

const acceptedKinds = (manifest: ConnectorManifest): string =>
  [...manifest.credential_kinds.map(({ kind }) => kind), ...Object.keys(manifest.accepted_variants)].sort().join(', ') || '(none)';

const invalid = (problems: readonly InputProblem[]): InvalidInputError =>
  new InvalidInputError(`the credential is not valid: ${problems.map((it) => `${it.field}: ${it.expected}`).join('; ')}`, {
    code: 'INVALID_CREDENTIAL',
    ...problems[0],
    problems,
  });
