/** The grammar of a credential reference (CRED-04) and of the names that the `env` provider looks up (CRED-03; docs/credentials.md). */
import { InvalidInputError } from '../errors.ts';
import type { ConnectorInstance, CredentialsRef } from '../tenancy/types.ts';
import { CREDENTIAL_PROVIDERS } from '../tenancy/types.ts';

export const REF = /^[A-Z0-9](?:[A-Z0-9_]{0,62}[A-Z0-9])?$/;
/** No underscore: so that no tenant's names can begin with another's. */
const SLUG = /^[A-Z0-9]{1,32}$/;
const VARIABLE = /^[A-Z][A-Z0-9_]{0,63}$/;

export function assertSlug(slug: unknown): asserts slug is string {
  if (typeof slug !== 'string' || !SLUG.test(slug)) {
    throw new InvalidInputError('the tenant slug is not valid', {
      code: 'INVALID_SLUG',
      field: 'slug',
      expected: '1 to 32 of A-Z and 0-9',
    });
  }
}

/** Refuses path separators, other alphabets and the word `tenant` in any case, before anything is looked up. */
export function assertCredentialsRef(value: CredentialsRef): void {
  if (!CREDENTIAL_PROVIDERS.includes(value.provider)) {
    throw new InvalidInputError('the credential provider is not known', {
      code: 'INVALID_CREDENTIALS_REF',
      field: 'credentials_ref.provider',
      expected: `one of ${CREDENTIAL_PROVIDERS.join(', ')}`,
    });
  }
  if (typeof value.ref !== 'string' || !REF.test(value.ref) || value.ref.includes('TENANT')) {
    throw new InvalidInputError('the credential reference is not valid', {
      code: 'INVALID_CREDENTIALS_REF',
      field: 'credentials_ref.ref',
      expected: '1 to 64 of A-Z, 0-9 and "_", beginning and ending with a letter or a digit, without the word TENANT',
    });
  }
}

/** The full name that is looked up: never matched by prefix, or one tenant's names would be another's (docs/decisions/0002). */
export function envName(slug: string, ref: string, variable: string): string {
  assertSlug(slug);
  if (!VARIABLE.test(variable)) {
    throw new InvalidInputError('the variable name is not valid', {
      code: 'INVALID_VARIABLE',
      field: 'variable',
      expected: String(VARIABLE),
    });
  }
  return `SV0_TENANT_${slug}_${ref}_${variable}`;
}

/** An instance's `env` reference with the variables that its connector declares. */
export interface EnvUse {
  readonly owner: string;
  readonly ref: string;
  readonly variables: readonly string[];
}

/** What a tenant's instances would read of the environment; instances of other providers read nothing of it. */
export function envUsesOf(
  instances: readonly Pick<ConnectorInstance, '_id' | 'connector' | 'credentials_ref'>[],
  variablesOf: (connector: string) => readonly string[],
): readonly EnvUse[] {
  return instances
    .filter(({ credentials_ref }) => credentials_ref.provider === 'env')
    .map(({ _id, connector, credentials_ref }) => ({ owner: _id, ref: credentials_ref.ref, variables: variablesOf(connector) }));
}

/**
 * Refs of one tenant under which one full name could be read: `AWS` + `PRIMARY_KEY` is `AWS_PRIMARY` + `KEY`.
 * Refused on write and at boot. Two instances that share a ref on purpose are not an overlap.
 */
export function assertNoEnvOverlap(slug: string, uses: readonly EnvUse[]): void {
  const readBy = new Map<string, string>();
  for (const { ref, variables } of uses) {
    for (const variable of variables) {
      const name = envName(slug, ref, variable);
      const other = readBy.get(name);
      if (other !== undefined && other !== ref) {
        throw new InvalidInputError('two credential references of this tenant would read the same variable', {
          code: 'CREDENTIALS_REF_OVERLAP',
          field: 'credentials_ref.ref',
          expected: `a reference whose names cannot be those of ${other}`,
          subject: ref,
        });
      }
      readBy.set(name, ref);
    }
  }
}
