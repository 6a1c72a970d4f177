/** What crosses between a process and its computing threads: plain data, and domain errors taken apart and put together again. */
import type { MessagePort } from 'node:worker_threads';
import type { DerivationReport, DerivationRequest } from '../../activities/derive.ts';
import type { ArtifactSyncRequest } from '../../activities/sync.ts';
import {
  BudgetExceededError,
  ConflictError,
  type DomainErrorFacts,
  type DomainErrorName,
  FencedError,
  InvalidInputError,
  isDomainError,
  NotFoundError,
  PersistentError,
  TransientError,
} from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import type { DeriveCell } from '../../domain/runs/types.ts';
import type { SyncOutcome } from '../../storage/ports/index.ts';

export interface ThreadSettings {
  readonly uri: string;
  readonly database: string;
  readonly artifactKey: Uint8Array;
  readonly evidenceKeyPem: string;
}

export type ThreadTask =
  | { readonly task: 'derive'; readonly stage: DeriveCell; readonly request: DerivationRequest }
  | { readonly task: 'sync'; readonly tenant: TenantId; readonly request: ArtifactSyncRequest };

export interface ThreadCall {
  readonly task: ThreadTask;
  readonly progress: MessagePort;
}

export interface ThreadProgress {
  readonly phase: string;
  readonly done: number;
}

export type ThreadResult =
  | { readonly ok: true; readonly value: DerivationReport | SyncOutcome }
  | { readonly ok: false; readonly error: PlainError };

interface PlainError extends DomainErrorFacts {
  readonly name: DomainErrorName | 'Error';
  readonly message: string;
  readonly stack: string;
}

export function toPlain(error: unknown): PlainError {
  const { message, stack = '' } = error instanceof Error ? error : new Error('not an error');
  if (!isDomainError(error)) return { name: 'Error', message, stack, code: 'UNEXPECTED', actor: 'engineer' };
  const { name, code, actor, field, expected, subject } = error;
  return {
    name,
    message,
    stack,
    code,
    actor,
    ...(field === undefined ? {} : { field }),
    ...(expected === undefined ? {} : { expected }),
    ...(subject === undefined ? {} : { subject }),
  };
}

export function fromPlain({ name, message, stack, ...facts }: PlainError): Error {
  switch (name) {
    case 'TransientError':
      return new TransientError(message, facts);
    case 'PersistentError':
      return new PersistentError(message, facts);
    case 'InvalidInputError':
      return new InvalidInputError(message, facts);
    case 'NotFoundError':
      return new NotFoundError('row', facts.subject ?? '', facts);
    case 'ConflictError':
      return new ConflictError(message, facts);
    case 'BudgetExceededError':
      return new BudgetExceededError(message, facts);
    case 'FencedError':
      return new FencedError(facts.subject ?? '');
    case 'Error': {
      const error = new Error(message);
      error.stack = stack;
      return error;
    }
  }
}
