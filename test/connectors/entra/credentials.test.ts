/** Secrets, certificates and federated credentials: pure conversions. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertKeys, type HolderKind } from '../../../connectors/entra/converters/credentials.ts';
import { convertFederatedCredentials, issuerHost } from '../../../connectors/entra/converters/federated-credentials.ts';
import { graphKeyHolder } from '../../../connectors/entra/graph-types.ts';
import { JOIN_KEYS } from '../../../domain/stitching/keys.ts';

const APP = { id: 'AAAAAAAA-0000-4000-8000-000000000001', appId: 'BBBBBBBB-0000-4000-8000-000000000001' };

describe('secrets and certificates', () => {
  const holder = {
    id: APP.id,
    passwordCredentials: [
      {
        keyId: 'K1',
        displayName: 'one',
        startDateTime: '2026-01-01T00:00:00Z',
        endDateTime: '2026-07-01T00:00:00.0000000Z',
        hint: 'abc',
        secretText: 'abcdef',
      },
    ],
    keyCredentials: [
      {
        keyId: 'K2',
        displayName: null,
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        endDateTime: null,
        customKeyIdentifier: 'print',
        key: 'bytes',
      },
    ],
  };

  test('DATA-09: dates and key ids only, whatever Graph sent along', () => {
    const emission = convertKeys(graphKeyHolder.parse(holder), 'application');
    expect(emission.entities.map((entity) => [entity.subtype, entity.native_id, entity.display_name, entity.props])).toEqual([
      [
        'client_secret',
        `${APP.id.toLowerCase()}/k1`,
        'one',
        { key_id: 'k1', held_by: 'application', start_at: '2026-01-01T00:00:00Z', expires_at: '2026-07-01T00:00:00Z' },
      ],
      ['certificate', `${APP.id.toLowerCase()}/k2`, 'certificate k2', { key_id: 'k2', held_by: 'application', usage: 'verify' }],
    ]);
    // The converter is safe by itself too: it takes named fields, parsed or not.
    expect(JSON.stringify(convertKeys(holder, 'application'))).not.toMatch(/abc|print|bytes/);
    expect(emission.edges.map((edge) => [edge.from, edge.type])).toEqual([
      [{ type: 'identity', native_id: APP.id.toLowerCase() }, 'HAS_CREDENTIAL'],
      [{ type: 'identity', native_id: APP.id.toLowerCase() }, 'HAS_CREDENTIAL'],
    ]);
  });

  describe('the signing certificate of a SAML application (DATA-09: its identifier goes nowhere)', () => {
    const dates = { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2029-01-01T00:00:00Z', customKeyIdentifier: 'PRINT' };
    const sign = { keyId: 'S1', displayName: 'CN=sso', type: 'X509CertAndPassword', usage: 'Sign', ...dates };
    const verify = { ...sign, keyId: 'V1', type: 'AsymmetricX509Cert', usage: 'Verify' };
    const password = { keyId: 'S1', displayName: 'CN=sso', ...dates };
    const purposes = (more: { keyCredentials?: object[]; passwordCredentials?: object[] }, kind: HolderKind = 'service_principal') => {
      const read = graphKeyHolder.parse({ id: 'sp', keyCredentials: [sign, verify], passwordCredentials: [password], ...more });
      const { entities } = convertKeys(read, kind);
      expect(JSON.stringify(entities)).not.toContain('PRINT');
      return entities.map(({ native_id, props }) => [native_id, props['purpose'] ?? null]);
    };

    test('private key, public key and password sign tokens; password and private key stay two', () => {
      expect(purposes({})).toEqual([
        ['sp/s1/password', 'token_signing'],
        ['sp/s1', 'token_signing'],
        ['sp/v1', 'token_signing'],
      ]);
    });

    test('what is not tied to it is a credential as any other', () => {
      const other = { ...verify, keyId: 'V2', customKeyIdentifier: 'OTHER' };
      const secret = { ...password, keyId: 'P2', customKeyIdentifier: null };
      expect(purposes({ keyCredentials: [sign, verify, other], passwordCredentials: [password, secret] })).toEqual([
        ['sp/s1/password', 'token_signing'],
        ['sp/p2', null],
        ['sp/s1', 'token_signing'],
        ['sp/v1', 'token_signing'],
        ['sp/v2', null],
      ]);
    });

    test('of two public keys under one name neither is taken for it, and a public key alone is none', () => {
      const twin = { ...verify, keyId: 'V2' };
      expect(purposes({ keyCredentials: [sign, verify, twin] }).slice(2)).toEqual([
        ['sp/v1', null],
        ['sp/v2', null],
      ]);
      expect(purposes({ keyCredentials: [verify], passwordCredentials: [] })).toEqual([['sp/v1', null]]);
      expect(purposes({ keyCredentials: [sign], passwordCredentials: [] })).toEqual([['sp/s1', null]]);
    });

    test('an application has none', () => {
      expect(purposes({ passwordCredentials: [] }, 'application').map(([, purpose]) => purpose)).toEqual([null, null]);
    });
  });

  test('the same certificate on two applications is two credentials', () => {
    const ids = ['a', 'b'].map((id) => convertKeys({ ...holder, id }, 'application').entities[1]?.native_id);
    expect(new Set(ids).size).toBe(2);
  });
});

describe('federated credentials', () => {
  const credential = (more: object) => ({
    id: 'F1',
    name: 'main',
    issuer: 'https://token.actions.githubusercontent.com',
    subject: 'repo:o/r:ref:refs/heads/main',
    audiences: ['api://x'],
    ...more,
  });
  const keys = (more: object) =>
    convertFederatedCredentials({ id: APP.id, federatedIdentityCredentials: [credential(more)] }).entities[0]?.join_keys;

  test('DATA-07: issuer host, subject and audience make the key; one key for each audience, sorted', () => {
    expect(keys({ audiences: ['b', 'a', 'a'] })).toEqual([
      { k: JOIN_KEYS.entraFederatedCredential, v: 'token.actions.githubusercontent.com|repo:o/r:ref:refs/heads/main|a' },
      { k: JOIN_KEYS.entraFederatedCredential, v: 'token.actions.githubusercontent.com|repo:o/r:ref:refs/heads/main|b' },
    ]);
  });

  test.each([
    ['no audience', { audiences: [] }],
    ['an issuer that is no URL', { issuer: 'somewhere' }],
    ['an issuer without https', { issuer: 'http://token.actions.githubusercontent.com' }],
  ])('%s: no key rather than a doubtful one', (_, more) => {
    expect(keys(more)).toEqual([]);
  });

  const asked = (more: object) => (keys({ subject: null, ...more }) ?? []).map(({ v }) => JSON.parse(v) as object);
  const issuer = 'token.actions.githubusercontent.com';

  test('DATA-07: an expression becomes the conditions that it holds', () => {
    const value =
      "claims['sub'] matches 'repo:contoso/*:ref:refs/heads/*' and claims['repository_id'] eq '456789' and claims['job_workflow_ref'] matches 'contoso/prod/*.yml@refs/heads/main'";
    expect(asked({ claimsMatchingExpression: { value, languageVersion: 1 } })).toEqual([
      {
        issuer,
        analysed: true,
        conditions: [
          { claim: 'sub', op: 'StringLike', value: 'repo:contoso/*:ref:refs/heads/*' },
          { claim: 'repository_id', op: 'StringEquals', value: '456789' },
          { claim: 'job_workflow_ref', op: 'StringLike', value: 'contoso/prod/*.yml@refs/heads/main' },
        ],
      },
    ]);
  });

  test.each([
    ['another operator', { value: "claims['sub'] ne 'x'", languageVersion: 1 }],
    ['an alternative', { value: "claims['sub'] eq 'x' or claims['sub'] eq 'y'", languageVersion: 1 }],
    ['a quote inside', { value: "claims['sub'] eq 'it''s'", languageVersion: 1 }],
    ['a backslash', { value: String.raw`claims['sub'] eq 'a\'b'`, languageVersion: 1 }],
    ['an end that is missing', { value: "claims['sub'] eq 'x' and ", languageVersion: 1 }],
    ['another version of the language', { value: "claims['sub'] eq 'x'", languageVersion: 2 }],
    ['no expression', null],
  ])('DATA-07: %s: the trust is kept, and said not to be understood', (_, claimsMatchingExpression) => {
    const { entities, edges } = convertFederatedCredentials({
      id: APP.id,
      federatedIdentityCredentials: [credential({ subject: null, claimsMatchingExpression })],
    });
    expect(asked({ claimsMatchingExpression })).toEqual([{ issuer, analysed: false, conditions: [] }]);
    expect(entities[0]?.props['claims_analysed']).toBe(false);
    expect(entities[0]?.props['claims_expression']).toBe(claimsMatchingExpression?.value);
    expect(edges).toHaveLength(1);
  });

  test('DATA-07: a separator in the subject is no reason to lose the trust', () => {
    expect(keys({ subject: 'repo:o/r|x' })?.map(({ v }) => JSON.parse(v) as object)).toEqual([
      { issuer, analysed: true, conditions: [{ claim: 'sub', op: 'StringEquals', value: 'repo:o/r|x' }] },
    ]);
  });

  test('an expression of any text is read or kept, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const claimsMatchingExpression = { value: `claims['sub'] eq '${value}'`, languageVersion: 1 };
        const [told] = asked({ claimsMatchingExpression }) as { analysed: boolean; conditions: { value: string }[] }[];
        if (/['\\]/.test(value)) return;
        expect(told?.analysed).toBe(true);
        expect(told?.conditions.map((one) => one.value)).toEqual([value]);
      }),
    );
  });

  test('the application trusts it, by one edge only', () => {
    const { edges } = convertFederatedCredentials({ id: APP.id, federatedIdentityCredentials: [credential({})] });
    expect(edges.map((edge) => edge.type)).toEqual(['TRUSTS_SUBJECT']);
  });

  test.each([
    ['https://Token.Actions.GitHubUserContent.com/', 'token.actions.githubusercontent.com'],
    ['https://oidc.aks.example/Tenant/Cluster/', 'oidc.aks.example/Tenant/Cluster/'],
    [null, undefined],
  ])('issuer %s', (issuer, host) => {
    expect(issuerHost(issuer)).toBe(host);
  });
});
