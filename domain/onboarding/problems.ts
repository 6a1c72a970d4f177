import { PersistentError } from '../errors.ts';

/** A connector that declares more than plain reads gets neither a template nor a session. */
export const manifestNotReadOnly = (connector: string): PersistentError =>
  new PersistentError('the connector declares permissions that are no plain reads', {
    code: 'MANIFEST_NOT_READ_ONLY',
    actor: 'engineer',
    subject: connector,
  });
