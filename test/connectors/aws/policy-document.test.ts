import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statementEntities } from '../../../connectors/aws/converters/policies.ts';
import { conditionKeys, parsePolicyDocument, statementKeys } from '../../../connectors/aws/policy/document.ts';

const scalars = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('s3:Get*', 'arn:aws:s3:::b/*', '100% & more + {x}'));
const oneOrMany = fc.oneof(scalars, fc.array(scalars, { maxLength: 4 }));
const statement = fc.record(
  {
    Sid: fc.oneof(fc.constant(''), fc.constantFrom('One', 'Two'), fc.string({ maxLength: 8 })),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: oneOrMany,
    NotAction: oneOrMany,
    Resource: oneOrMany,
    Principal: fc.oneof(fc.constant('*'), fc.dictionary(fc.constantFrom('AWS', 'Service', 'Federated', '__proto__'), oneOrMany)),
    Condition: fc.dictionary(
      fc.constantFrom('StringEquals', 'Bool'),
      fc.dictionary(fc.constantFrom('aws:SourceIp', 'sts:ExternalId'), oneOrMany),
    ),
  },
  { requiredKeys: ['Effect'] },
);
const policy = fc.record({ Version: fc.constant('2012-10-17'), Statement: fc.oneof(statement, fc.array(statement, { maxLength: 5 })) });

/** As AWS encodes: RFC 3986, every reserved character. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

describe('policy documents', () => {
  it('reads an object, its JSON and its URL-encoded JSON as the same statements', () => {
    fc.assert(
      fc.property(policy, (document) => {
        const text = JSON.stringify(document);
        const expected = parsePolicyDocument(document);
        expect(expected).not.toBeNull();
        expect(parsePolicyDocument(text)).toEqual(expected);
        expect(parsePolicyDocument(` ${text}\n`)).toEqual(expected);
        expect(parsePolicyDocument(encoded(text))).toEqual(expected);
        expect(parsePolicyDocument(encodeURIComponent(text))).toEqual(expected);
      }),
    );
  });

  it('names statements the same whatever their order and the order of their lists', () => {
    const shuffled = fc
      .array(statement, { maxLength: 6 })
      .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })));
    const reversed = (value: unknown): unknown => (Array.isArray(value) ? [...value].reverse() : value);
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        const names = (statements: readonly unknown[]) => {
          const parsed = parsePolicyDocument({ Statement: statements }) ?? [];
          const keys = statementKeys(parsed);
          return parsed.map((one, index) => `${keys[index]} ${JSON.stringify(one)}`).sort();
        };
        const turned = other.map((one) => ({ ...one, Action: reversed(one.Action), Resource: reversed(one.Resource) }));
        expect(names(turned)).toEqual(names(list));
      }),
    );
  });

  it('DATA-01: a Sid that fills the policy is no id: the graph would refuse the whole account for it', () => {
    const parsed = parsePolicyDocument({ Statement: [{ Sid: 'A'.repeat(2_000), Effect: 'Allow', Action: '*', Resource: '*' }] }) ?? [];
    expect(statementKeys(parsed)).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
    const [entity] = statementEntities(
      { name: 'p', arn: null, statements: [{ nativeId: 'x', statement: parsed[0] as never }] },
      'owner',
      null,
    );
    expect(entity?.display_name.length).toBeLessThanOrEqual(256);
  });

  it('keeps two different statements apart that share a Sid, and gives equal ones one name', () => {
    const one = { Sid: 'Same', Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
    const other = { ...one, Action: 's3:PutObject' };
    const keys = statementKeys(parsePolicyDocument({ Statement: [one, other, one] }) ?? []);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[1]).not.toBe(keys[0]);
    expect(statementKeys(parsePolicyDocument({ Statement: [one] }) ?? [])).toEqual(['Same']);
  });

  it.each([
    [undefined],
    [null],
    [''],
    ['no JSON'],
    ['%7B%'],
    ['[]'],
    [42],
    [{}],
    [{ Statement: ['x'] }],
    [{ Statement: { Effect: 'allow' } }],
    ['%E0%A4%A'],
  ])('gives null for %j, never a policy without statements', (raw) => {
    expect(parsePolicyDocument(raw)).toBeNull();
  });

  it('DATA-09: gives the keys of conditions, lower case and once, and none of their values', () => {
    const [parsed] =
      parsePolicyDocument({
        Statement: {
          Effect: 'Allow',
          Action: '*',
          Resource: '*',
          Condition: {
            StringEquals: { 'sts:ExternalId': 'CANARY', 'aws:SourceIp': '10.0.0.0/8' },
            StringLike: { 'STS:externalid': 'CANARY*' },
          },
        },
      }) ?? [];
    expect(parsed && conditionKeys(parsed)).toEqual(['aws:sourceip', 'sts:externalid']);
  });

  it('makes lone surrogates well-formed, which have no canonical form', () => {
    const parsed = parsePolicyDocument('{"Statement":{"Effect":"Allow","Action":"\\ud800","Resource":"*"}}') ?? [];
    expect(parsed[0]?.actions).toEqual(['\ufffd']);
    expect(statementKeys(parsed)[0]).toMatch(/^[0-9a-f]{16}$/);
  });
});
