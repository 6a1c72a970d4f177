import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVaultName, secretsManagerName, vaultName } from '../../domain/credentials/vault-name.ts';

describe('names in Key Vault', () => {
  it.each([
    ['acme', 'aws', 'sv1-acme-aws'],
    ['ACME', 'aws', 'sv1-z41z43z4dz45-aws'],
    ['acme-eu', 'github', 'sv1-acmez2deu-github'],
    ['a', 'username_password', 'sv1-a-usernamez5fpassword'],
    ['z', 'é', 'sv1-z7a-zc3za9'],
  ])('CRED-03: %s and %s are %s', (tenant, kind, name) => {
    expect(vaultName(tenant, kind)).toBe(name);
    expect(parseVaultName(name)).toEqual({ tenant, kind });
  });

  it('CRED-03: every name is one that Key Vault takes, says the same in any case, and can be read back', () => {
    const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((part) => part.isWellFormed());
    fc.assert(
      fc.property(text, text, (tenant, kind) => {
        let name: string;
        try {
          name = vaultName(tenant, kind);
        } catch (error) {
          return (error as { code?: string }).code === 'VAULT_NAME_UNUSABLE';
        }
        expect(name).toMatch(/^[0-9a-z-]{1,127}$/);
        expect(parseVaultName(name)).toEqual({ tenant, kind });
        return true;
      }),
    );
  });

  it('CRED-03: 10⁶ hostile pairs, folded as the vault folds them: no two meet, and every one round-trips', () => {
    // Texts that meet under sloppy encodings: case, separators, the escape letter and its digits.
    const letters = ['a', 'A', 'z', 'Z', '-', '_', '7', 'z2d', '/', '.'];
    const text = (seed: number): string => [...String(seed).padStart(3, '0')].map((digit) => letters[Number(digit)]).join('');
    const texts = Array.from({ length: 1_000 }, (_, seed) => text(seed));
    expect(new Set(texts).size).toBe(1_000);
    const seen = new Set<string>();
    let lost = 0;
    for (const tenant of texts) {
      for (const kind of texts) {
        const name = vaultName(tenant, kind).toLowerCase();
        seen.add(name);
        const back = parseVaultName(name);
        if (back?.tenant !== tenant || back.kind !== kind) lost += 1;
      }
    }
    process.stdout.write(`10⁶ pairs: ${1_000_000 - seen.size} collisions, ${lost} that do not round-trip\n`);
    expect([seen.size, lost]).toEqual([1_000_000, 0]);
  }, 240_000);

  it.each([
    ['too long', 't'.repeat(120), 'aws'],
    ['long once it is encoded', 'T'.repeat(41), 'a'],
    ['an empty tenant', '', 'aws'],
    ['a lone surrogate', 'a\ud800', 'aws'],
  ])('CRED-03: %s is refused, never cut', (_, tenant, kind) => {
    expect(() => vaultName(tenant, kind)).toThrow(expect.objectContaining({ code: 'VAULT_NAME_UNUSABLE' }));
  });

  it.each(['sv1-acme', 'sv1-acme-aws-x', 'acme-aws', 'sv1-z61-aws', 'sv1-A-aws', 'sv1-zff-aws', 'sv1--aws', 'sv1-z4-aws'])(
    'CRED-03: %s is no name of ours',
    (name) => {
      expect(parseVaultName(name)).toBeNull();
    },
  );
});

describe('names in AWS Secrets Manager', () => {
  it('CRED-03: tell environments, tenants and kinds apart, in characters that the service takes', () => {
    expect(secretsManagerName('prod', 'acme:eu', 'aws')).toBe('sv0/prod/acme=3aeu/aws');
    const id = fc.stringMatching(/^[a-z0-9](?:[a-z0-9_.:-]{0,20}[a-z0-9])?$/);
    fc.assert(
      fc.property(id, id, (one, two) => {
        const [a, b] = [secretsManagerName('prod', one, 'aws'), secretsManagerName('prod', two, 'aws')];
        return /^[A-Za-z0-9/_+=.@-]{1,512}$/.test(a) && (a === b) === (one === two);
      }),
    );
  });
});
