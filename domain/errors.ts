/**
 * The closed set of errors that the domain knows. One mapper turns them into Temporal failures
 * (`activities/failures.ts`) and one into HTTP problem details (`api/problems.ts`).
 *
 * A message is written for a person and never carries a secret, a graph, or file content: it may end up in
 * Temporal's history and on a page. `field` is a path into the caller's input, `expected` says what was wanted there.
 */

/** Who has to do something about a failure. */
export type Actor = 'customer' | 'operator' | 'engineer' | 'nobody';

/** How the pipeline behaves after a failure (RUN-17; seed 004 §5). */
export type FailureClass = 'transient' | 'persistent' | 'timeout' | 'orphan' | 'cancelled';

export interface DomainErrorFacts {
  /** Stable, upper snake case: `SCOPE_NOT_FOUND`. Part of the public interface. */
  readonly code: string;
  readonly actor: Actor;
  readonly field?: string;
  readonly expected?: string;
  /** What the failure is about: an id, a rule, a category. Never a value of the input. */
  readonly subject?: string;
}

abstract class BaseDomainError extends Error implements DomainErrorFacts {
  abstract override readonly name: DomainErrorName;
  readonly code: string;
  readonly actor: Actor;
  readonly field?: string;
  readonly expected?: string;
  readonly subject?: string;

  constructor(message: string, facts: DomainErrorFacts) {
    super(message);
    this.code = facts.code;
    this.actor = facts.actor;
    if (facts.field !== undefined) this.field = facts.field;
    if (facts.expected !== undefined) this.expected = facts.expected;
    if (facts.subject !== undefined) this.subject = facts.subject;
  }
}

/** Worth trying again soon: a database blip, a throttle, an HTTP 5xx. The only kind that a stage is retried on (FLOW-02). */
export class TransientError extends BaseDomainError {
  override readonly name = 'TransientError';
  constructor(message: string, facts: Omit<DomainErrorFacts, 'actor'> & { actor?: Actor }) {
    super(message, { actor: 'nobody', ...facts });
  }
}

/** Will fail again until someone acts: bad credentials, permission denied, unreachable scope, a bug. */
export class PersistentError extends BaseDomainError {
  override readonly name = 'PersistentError';
}

/** The caller's input is wrong. Nothing was written. */
export class InvalidInputError extends BaseDomainError {
  override readonly name = 'InvalidInputError';
  /** Every problem found, when there are several; the first is repeated in `field` and `expected`. */
  readonly problems: readonly InputProblem[];
  constructor(message: string, facts: Omit<DomainErrorFacts, 'actor'> & { actor?: Actor; problems?: readonly InputProblem[] }) {
    super(message, { actor: 'operator', ...facts });
    this.problems =
      facts.problems ?? (facts.field === undefined ? [] : [{ field: facts.field, expected: facts.expected ?? 'a valid value' }]);
  }
}

/** One wrong field of an input: where, and what was expected there. Never the offending value. */
export interface InputProblem {
  readonly field: string;
  readonly expected: string;
}

/** There is no such row for this tenant. Another tenant's row is "not found" as well (CRED-05). */
export class NotFoundError extends BaseDomainError {
  override readonly name = 'NotFoundError';
  constructor(what: string, subject: string, facts: Partial<DomainErrorFacts> = {}) {
    super(`${what} not found`, {
      code: `${what.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}_NOT_FOUND`,
      actor: 'operator',
      subject,
      ...facts,
    });
  }
}

/** The state does not allow it now: a scope in flight, a cooldown, a stale edit. `holder` names what is in the way. */
export class ConflictError extends BaseDomainError {
  override readonly name = 'ConflictError';
  readonly holder?: string;
  constructor(message: string, facts: Omit<DomainErrorFacts, 'actor'> & { actor?: Actor; holder?: string }) {
    super(message, { actor: 'nobody', ...facts });
    if (facts.holder !== undefined) this.holder = facts.holder;
  }
}

/** The run's budget is used up (RUN-12). */
export class BudgetExceededError extends BaseDomainError {
  override readonly name = 'BudgetExceededError';
}

/** A run that this work belongs to is no longer `running`, or a newer generation owns the scope: what a late stage writes changes nothing. */
export class FencedError extends BaseDomainError {
  override readonly name = 'FencedError';
  constructor(subject: string) {
    super('the run is over, or a newer one owns its scope', { code: 'FENCED', actor: 'nobody', subject });
  }
}

export type DomainErrorName =
  | 'TransientError'
  | 'PersistentError'
  | 'InvalidInputError'
  | 'NotFoundError'
  | 'ConflictError'
  | 'BudgetExceededError'
  | 'FencedError';

export type DomainError =
  | TransientError
  | PersistentError
  | InvalidInputError
  | NotFoundError
  | ConflictError
  | BudgetExceededError
  | FencedError;

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof BaseDomainError;
}

/** For the `default` branch of a switch over a closed union: a compile error when a case was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${String(value)}`);
}
