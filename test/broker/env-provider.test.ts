import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEnvProvider } from '../../broker/providers/env.ts';
import { assertCredentialsRef, assertNoEnvOverlap, assertSlug, envName } from '../../domain/credentials/ref.ts';
import { awsManifest, verifiedAs } from './fixtures.ts';

const provide = (env: Record<string, string>, slug: string, ref: string) =>
  createEnvProvider(env).provide({ tenant: verifiedAs(slug, ref), ref, manifest: awsManifest });

describe('the env provider', () => {
  it('CRED-03: looks up the exact names of the tenant, the reference and the manifest', async () => {
    const env = {
      SV0_TENANT_ACME_AWS_PRIMARY_AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      SV0_TENANT_ACME_AWS_PRIMARY_AWS_SECRET_ACCESS_KEY: 'a-long-secret-value',
      SV0_TENANT_ACME_AWS_PRIMARY_UNDECLARED: 'must-not-come-along',
      AWS_ACCESS_KEY_ID: 'process-global',
    };
    expect((await provide(env, 'ACME', 'AWS_PRIMARY'))?.variables).toEqual({
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'a-long-secret-value',
    });
  });

  it.each([
    ['a slug that begins with another', 'ACME', 'AWS', 'SV0_TENANT_ACMEEU_AWS_AWS_ACCESS_KEY_ID'],
    ['a reference that begins with another', 'ACME', 'AWS', 'SV0_TENANT_ACME_AWS_PRIMARY_AWS_ACCESS_KEY_ID'],
    ['a process-global variable', 'ACME', 'AWS', 'AWS_ACCESS_KEY_ID'],
    ['another tenant', 'ACME', 'AWS', 'SV0_TENANT_GLOBEX_AWS_AWS_ACCESS_KEY_ID'],
  ])('CRED-06: gives nothing for %s', async (_, slug, ref, name) => {
    expect(await provide({ [name]: 'other-tenants-secret' }, slug, ref)).toBeNull();
  });

  it('CRED-11: an empty string counts as absent', async () => {
    const env = { SV0_TENANT_ACME_AWS_AWS_ACCESS_KEY_ID: '', SV0_TENANT_ACME_AWS_AWS_SECRET_ACCESS_KEY: '' };
    expect(await provide(env, 'ACME', 'AWS')).toBeNull();
  });
});

describe('references', () => {
  it.each(['../OTHER', 'A/B', 'A\\B', 'TENANT_A', 'MY_TENANT', 'aws', 'Tenant', '_A', 'A_', '', 'Ａ', 'A B', 'A\0B', 'A'.repeat(65)])(
    'CRED-04: %j is refused before anything is looked up',
    (ref) => {
      expect(() => assertCredentialsRef({ provider: 'env', ref })).toThrow(
        expect.objectContaining({ code: 'INVALID_CREDENTIALS_REF', field: 'credentials_ref.ref' }),
      );
    },
  );

  it('CRED-04: an accepted reference has only A-Z, 0-9 and inner underscores, and never the word tenant', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70, unit: 'binary' }), (ref) => {
        try {
          assertCredentialsRef({ provider: 'env', ref });
        } catch {
          return true;
        }
        return /^[A-Z0-9_]+$/.test(ref) && !ref.toLowerCase().includes('tenant') && !ref.startsWith('_') && !ref.endsWith('_');
      }),
    );
  });

  it('CRED-03: two different slugs never share a name, whatever their references', () => {
    const slug = fc.stringMatching(/^[A-Z0-9]{1,8}$/);
    const ref = fc.stringMatching(/^[A-Z0-9](?:[A-Z0-9_]{0,10}[A-Z0-9])?$/);
    fc.assert(
      fc.property(
        slug,
        ref,
        slug,
        ref,
        (slugA, refA, slugB, refB) => slugA === slugB || envName(slugA, refA, 'TOKEN') !== envName(slugB, refB, 'TOKEN'),
      ),
    );
  });

  it("CRED-03: a slug with an underscore is refused: it could begin another tenant's names", () => {
    expect(() => assertSlug('ACME_EU')).toThrow(expect.objectContaining({ code: 'INVALID_SLUG' }));
  });

  it('CRED-06: references of one tenant that would read one variable are refused; sharing a reference is not an overlap', () => {
    const uses = [
      { owner: 'one', ref: 'AWS', variables: ['PRIMARY_KEY'] },
      { owner: 'two', ref: 'AWS_PRIMARY', variables: ['KEY'] },
    ];
    expect(() => assertNoEnvOverlap('ACME', uses)).toThrow(expect.objectContaining({ code: 'CREDENTIALS_REF_OVERLAP' }));
    expect(() =>
      assertNoEnvOverlap('ACME', [
        { owner: 'one', ref: 'AWS', variables: ['KEY'] },
        { owner: 'two', ref: 'AWS', variables: ['KEY'] },
      ]),
    ).not.toThrow();
  });
});
