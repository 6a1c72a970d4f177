import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrubber, REDACTED } from '../../../domain/graph/scrub.ts';
import { SECRET_PATTERNS, SECRET_PROPS } from '../../../domain/graph/secret-patterns.ts';
import { edge, entity } from './documents.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const scrub = (text: string): string => createScrubber().text(text);
const rep = (part: string, times: number): string => part.repeat(times);

/** Written in halves, so that no scanner of this repository takes them for real ones. */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  private_key: [
    `-----BEGIN ${'RSA'} PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN ${'PRIVATE'} KEY-----\nMIIabc`,
    `-----BEGIN ${'PGP'} PRIVATE KEY BLOCK-----\nx\n-----END PGP PRIVATE KEY BLOCK-----`,
  ],
  jwt: [`eyJ${'hbGciOiJIUzI1NiJ9'}.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N`],
  github_token: [`ghp_${rep('a1B2', 9)}`, `ghs_${rep('Zz09', 10)}`, `github_pat_${rep('11AA', 10)}_${rep('xY', 20)}`],
  gitlab_token: [`glpat-${rep('aB3', 8)}`],
  slack_token: [`xoxb-${'123456789012'}-abcdefghij`, `xapp-1-${'A0123'}-456-abcdef`],
  slack_webhook: [`https://hooks.slack.com/services/T000/B000/${rep('x', 24)}`],
  stripe_key: [`sk_live_${rep('a1', 12)}`, `rk_test_${rep('b2', 12)}`, `whsec_${rep('c3', 12)}`],
  google_key: [`AIza${rep('Sy0_-', 7)}`, `ya29.${rep('a0', 20)}`, `GOCSPX-${rep('a', 28)}`],
  ai_key: [`sk-ant-${rep('api03-', 6)}`, `sk-${rep('T3Blbk', 8)}`],
  registry_token: [`npm_${rep('aB3d', 9)}`, `pypi-AgE${rep('IcHl', 20)}`, `dckr_pat_${rep('aB', 14)}`],
  sendgrid_key: [`SG.${rep('ab', 11)}.${rep('cd', 21)}`],
  vendor_token: [`dop_v1_${rep('a1', 32)}`, `dapi${rep('0f', 16)}`, `hvs.${rep('CAES', 6)}`],
  azure_client_secret: [`abc8Q~${rep('x.Y~-', 6)}zz`],
  azure_signature: [`https://x.blob.core.windows.net/c?sv=2022&sig=${rep('aB%2F', 6)}%3D`],
  azure_key: [
    `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${rep('abCD', 21)}==;EndpointSuffix=y`,
    `Endpoint=sb://x/;SharedAccessKey=${rep('ab', 20)}=`,
  ],
  aws_session_token: [`IQoJ${rep('b3JpZ2luX2Vj', 9)}`],
  url_password: ['postgres://app:s3cr3tpw@db.example.com:5432/x', 'https://x-access-token:abc123@github.com/o/r.git'],
  bearer: [`Authorization: Bearer ${rep('a1b2', 8)}`, `token ${rep('Zx9-', 8)}`],
  basic: [`Authorization: Basic ${Buffer.from('user:password').toString('base64')}`],
  named_value: [
    'DB_PASSWORD=hunter2hunter2',
    '{"client_secret": "abcdefgh"}',
    `aws_secret_access_key = ${rep('wJalr', 8)}`,
    "api_key: 'abcd1234'",
    '{\\"password\\":\\"escaped1\\"}',
  ],
};

/** The part that must be gone. */
const BYSTANDERS = [
  'arn:aws:iam::111122223333:role/ada',
  'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf',
  'repo:owner@123/name@456:ref:refs/heads/main',
  'token.actions.githubusercontent.com|repo:acme/payments:environment:prod',
  'https://sts.windows.net/7b1d7d4c-0c4b-4b8f-9a55-6e2a3c1f2b3d/',
  'AKIAIOSFODNN7EXAMPLE',
  '7b1d7d4c-0c4b-4b8f-9a55-6e2a3c1f2b3d',
  'Basic authentication for legacy hosts',
  'Bearer token validity in days',
  'password policy',
  'secret: ${{ secrets.DEPLOY_KEY }}',
  'https://host.example.com:8443/path@v2',
  'git@github.com:acme/payments.git',
  'client_secret_expires: 2027',
  'AWS_SECRET_ACCESS_KEY',
  'a@b.example',
  'ssh-rsa public',
  'kms:Decrypt',
  'sha256:' + rep('ab', 32),
  'arn:aws:s3:::bucket/*',
  '{"issuer":"sts.windows.net/x/","subjects":[{"op":"StringLike","value":"repo:acme/*"}]}',
  'token_url: https://login.example.com/oauth2/token',
  'secrets: inherit',
  'vault://kv-sv0-prod/tenants/t/connector/aws',
];

describe('scrubber', () => {
  it('DATA-09: every pattern has examples', () => {
    expect(Object.keys(SECRETS).sort()).toEqual(SECRET_PATTERNS.map(({ name }) => name).sort());
  });

  it.each(Object.entries(SECRETS))('DATA-09: %s is redacted, alone and inside other text', (_name, examples) => {
    for (const example of examples) {
      const core = coreOf(example);
      for (const text of [example, `before ${example} after`, `x="${example}"`, `${example}\n${example}`]) {
        expect(scrub(text)).toContain(REDACTED);
        expect(scrub(text)).not.toContain(core);
      }
    }
  });

  it.each(BYSTANDERS)('leaves alone: %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it('DATA-09: looks at every string of a record and counts what it changed', () => {
    const secret = `ghp_${rep('a1B2', 9)}`;
    const scrubber = createScrubber();
    const clean = [
      scrubber.entity(
        entity({
          native_id: secret,
          display_name: `x ${secret}`,
          source_tenant: secret,
          props: { a: secret, b: ['ok', secret], n: 1 },
          join_keys: [{ k: 'a', v: secret }],
        }),
      ),
      scrubber.edge(
        edge({
          from: { type: 'role', native_id: secret, source_tenant: secret },
          to: { type: 'resource', native_id: secret },
          qualifier: secret,
          props: { a: secret },
        }),
      ),
    ];
    expect(JSON.stringify(clean)).not.toContain(secret);
    expect(scrubber.count).toBe(11);
    expect(clean[0]).toMatchObject({ props: { b: ['ok', REDACTED], n: 1 } });
  });

  it('DATA-09: a prop that is named as a secret is redacted whole, others are not for their name', () => {
    for (const key of SECRET_PROPS)
      expect(createScrubber().entity(entity({ props: { [key]: 'plain words', list: ['x'] } })).props).toEqual({
        [key]: REDACTED,
        list: ['x'],
      });
    const kept = {
      secret_name: 'DB_PASSWORD',
      password_policy: 'strict',
      token_url: 'https://x.example/token',
      has_secret: true,
      key_id: 'k1',
    };
    expect(createScrubber().entity(entity({ props: kept })).props).toEqual(kept);
    expect(createScrubber().entity(entity({ props: { password: true, secret: 5, api_key: ['a', 'b'], cookie: '' } })).props).toEqual({
      password: true,
      secret: 5,
      api_key: [REDACTED, REDACTED],
      cookie: '',
    });
  });

  it('says the same a second time (property)', () => {
    const part = fc.oneof(fc.constantFrom(...Object.values(SECRETS).flat(), ...BYSTANDERS), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.constantFrom('', ' ', '=', ':', '"', '@', '&'), (parts, glue) => {
        const once = scrub(parts.join(glue));
        expect(scrub(once)).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it('costs no more than its length: hostile strings of the greatest length', () => {
    const hostile = [
      'eyJaaaaaaaaa',
      '-eyJ',
      'password',
      'password=',
      'a://',
      'a://b:',
      'bearer ',
      'SG.aaaaaaaaaaaaaaaa',
      '-----BEGIN RSA PRIVATE KEY',
      '-----BEGIN PRIVATE KEY-----',
      'sig=',
      'gl-',
      'a-',
      '_8Q~',
      'token token ',
    ];
    const all = (): void => {
      for (const part of hostile) scrub(rep(part, Math.ceil(32_768 / part.length)));
    };
    expect(cpuTime(all)).toBeLessThan(5_000);
  });
});

/** What of an example must not be left: its longest run without separators, or the value behind the name. */
function coreOf(example: string): string {
  const named =
    /(?:PASSWORD=|secret": "|access_key = |api_key: '|password\\":\\"|(?:sig|Key)=|:\/\/[^:]+:|Bearer |Basic |token |hooks\.slack\.com\/services\/)([^"'\\@;&\s]+)/.exec(
      example,
    );
  return named?.[1] ?? (example.startsWith('-----') ? 'MIIabc' : example.slice(-16));
}
