/**
 * What lies in a vault under the name of one (tenant, connector kind): one JSON document, by reference and then by variable (CRED-03).
 * `{ "AWS_PRIMARY": { "AWS_ACCESS_KEY_ID": "…", "AWS_SECRET_ACCESS_KEY": "…" }, "AWS_AUDIT": { … } }`
 */
import { declaredVariables } from '../../domain/connectors/manifest.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { PersistentError } from '../../domain/errors.ts';

/**
 * Only the part that the reference selects, and of that only what the connector declares (CRED-06); null when there is none.
 * @throws PersistentError `VAULT_SECRET_MALFORMED`, without a word of the content
 */
export function selectFromDocument(text: string | undefined, ref: string, manifest: ConnectorManifest): Record<string, string> | null {
  const document = objectOf(parse(text));
  if (document === null) throw malformed('one JSON object, by reference');
  if (!Object.hasOwn(document, ref)) return null;
  const part = objectOf(document[ref]);
  if (part === null) throw malformed('an object of variables under the reference');
  const variables: Record<string, string> = {};
  for (const name of declaredVariables(manifest)) {
    const value = Object.hasOwn(part, name) ? part[name] : undefined;
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') throw malformed('text as the value of every variable');
    variables[name] = value;
  }
  return Object.keys(variables).length === 0 ? null : variables;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : null;

const malformed = (expected: string): PersistentError =>
  new PersistentError('the secret in the vault is not of the form that is documented', {
    code: 'VAULT_SECRET_MALFORMED',
    actor: 'operator',
    expected,
  });
