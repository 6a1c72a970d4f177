/** Federated identity credentials: whose tokens an application accepts instead of a secret (join rule 3). */
import { canonicalJson } from '../../../domain/canonical.ts';
import { JOIN_VALUE_LENGTH } from '../../../domain/graph/schema.ts';
import { type ClaimCondition, type FederatedExpression, JOIN_KEYS } from '../../../domain/stitching/keys.ts';
import type { GraphFederatedCredential, GraphFederatedHolder } from '../graph-types.ts';
import { parseClaimsExpression } from './claims-expression.ts';
import { identityRef, type Emission, guid, nameOf, props, sortedUnique, text } from './common.ts';

/**
 * One edge, `TRUSTS_SUBJECT`, which flows against its arrow: whoever holds the subject acts as the application, and the application's
 * service principal acts (`INSTANCE_OF` flows the same way). A second edge `HAS_CREDENTIAL` would tell the same story twice, as two chains.
 */
export function convertFederatedCredentials(holder: GraphFederatedHolder): Emission {
  const all = (holder.federatedIdentityCredentials ?? []).map((credential) => convertOne(holder.id, credential));
  return { entities: all.flatMap((one) => one.entities), edges: all.flatMap((one) => one.edges) };
}

function convertOne(applicationId: string, credential: GraphFederatedCredential): Emission {
  const self = { type: 'credential', native_id: `${guid(applicationId)}/${guid(credential.id)}` } as const;
  const audiences = sortedUnique((credential.audiences ?? []).flatMap((audience) => text(audience) ?? []));
  const issuer = issuerHost(credential.issuer);
  const subject = text(credential.subject);
  const expression = subject === undefined ? text(credential.claimsMatchingExpression?.value) : undefined;
  const conditions = conditionsOf(credential);
  return {
    entities: [
      {
        ...self,
        subtype: 'federated_credential',
        display_name: nameOf(credential.name, credential.subject, credential.id),
        props: props({
          issuer: text(credential.issuer),
          subject,
          audience: audiences.length === 0 ? undefined : audiences,
          claims_expression: expression,
          claims_analysed: subject === undefined ? conditions !== null : undefined,
        }),
        join_keys: issuer === undefined ? [] : joinKeys(issuer, subject, audiences, conditions),
      },
    ],
    edges: [{ from: identityRef(applicationId), to: self, type: 'TRUSTS_SUBJECT', props: {} }],
  };
}

/** Null when neither a subject nor an expression that we understand was told. */
function conditionsOf({ subject, claimsMatchingExpression }: GraphFederatedCredential): readonly ClaimCondition[] | null {
  const exact = text(subject);
  if (exact !== undefined) return [{ claim: 'sub', op: 'StringEquals', value: exact }];
  const expression = text(claimsMatchingExpression?.value);
  return expression === undefined ? null : parseClaimsExpression(expression, claimsMatchingExpression?.languageVersion);
}

/** `|` separates the parts of a key: what contains it itself is written as conditions, rather than so that it could be read in two ways. */
function joinKeys(
  issuer: string,
  subject: string | undefined,
  audiences: readonly string[],
  conditions: readonly ClaimCondition[] | null,
): { k: string; v: string }[] {
  const key = (v: string) => ({ k: JOIN_KEYS.entraFederatedCredential, v });
  const plain = subject !== undefined && ![issuer, subject, ...audiences].some((part) => part.includes('|'));
  if (plain) return audiences.map((audience) => key([issuer, subject, audience].join('|')));
  const whole = canonicalJson({ issuer, conditions: conditions ?? [], analysed: conditions !== null } satisfies FederatedExpression);
  const short = canonicalJson({ issuer, conditions: [], analysed: false } satisfies FederatedExpression);
  return [key(whole.length <= JOIN_VALUE_LENGTH ? whole : short)];
}

/** `https://token.actions.githubusercontent.com` → its host; an issuer with a path keeps the path, which tells issuers on one host apart. */
export function issuerHost(issuer: unknown): string | undefined {
  const given = text(issuer);
  if (given === undefined || !URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.protocol !== 'https:') return undefined;
  return url.pathname === '/' ? url.host : `${url.host}${url.pathname}`;
}
