/** A role's trust policy: whom it lets act as it, and under which conditions. */
import { canonicalJson } from '../../../domain/canonical.ts';
import type { EntityRef, Props } from '../../../domain/graph/types.ts';
import { JOIN_KEYS, type OidcTrust } from '../../../domain/stitching/keys.ts';
import type { EmittedEntity } from '../../sdk/types.ts';
import { combine, type Converted } from '../collector.ts';
import { conditionKeys, type PolicyStatement, statementKeys } from '../policy/document.ts';
import { coversAction } from '../policy/match.ts';
import { oidcTrust } from './oidc-trust.ts';
import { identityRef, parseArn, roleRef } from './refs.ts';

export interface TrustFacts {
  readonly roleArn: string;
  readonly account: string;
  /** ARNs of roles and users that were listed: a trust in one of these is an edge to it, in another of the account to a stand-in. */
  readonly known: { readonly roles: ReadonlySet<string>; readonly users: ReadonlySet<string>; readonly samlProviders: ReadonlySet<string> };
}

export function convertTrust(facts: TrustFacts, statements: readonly PolicyStatement[]): Converted {
  const keys = statementKeys(statements);
  const denies = statements.filter((statement) => statement.effect === 'Deny');
  return combine(
    statements.flatMap((statement, index) => {
      if (statement.effect !== 'Allow') return [];
      const key = keys[index] ?? '';
      return [
        ...principals(statement, 'AWS', 'sts:AssumeRole').map((principal) => trustAws(facts, statement, key, principal, denies)),
        ...principals(statement, 'Service', 'sts:AssumeRole').map((principal) => trustService(facts, statement, key, principal, denies)),
        ...federated(statement).map((provider) => trustFederated(facts, statement, key, provider, denies)),
      ];
    }),
  );
}

function principals(statement: PolicyStatement, kind: string, action: string): readonly string[] {
  if (!coversAction(statement, action)) return [];
  // `NotPrincipal` with `Allow` lets in everyone but the named: the same as `*` for a reader who looks for what is open.
  if (kind === 'AWS' && statement.hasNotPrincipal) return ['*'];
  return statement.principals[kind] ?? [];
}

function federated(statement: PolicyStatement): readonly string[] {
  return (statement.principals['Federated'] ?? []).filter((provider) =>
    coversAction(statement, provider.includes(':saml-provider/') ? 'sts:AssumeRoleWithSAML' : 'sts:AssumeRoleWithWebIdentity'),
  );
}

function trustAws(facts: TrustFacts, statement: PolicyStatement, key: string, principal: string, denies: readonly PolicyStatement[]): Converted {
  const { ref, kind, account, standIn } = awsPrincipal(facts, principal);
  const props = {
    ...conditionProps(statement, denies),
    principal,
    principal_kind: kind,
    principal_account: account,
    external: kind !== 'unknown_id' && account !== facts.account,
  };
  return {
    entities: standIn === null ? [] : [standIn],
    edges: [{ from: roleRef(facts.roleArn), to: ref, type: 'TRUSTS', qualifier: `${key}|${principal}`, props }],
  };
}

interface AwsPrincipal {
  readonly ref: EntityRef;
  readonly kind: 'any' | 'account' | 'role' | 'user' | 'session' | 'unknown_id';
  /** Twelve digits, or null when the principal does not say (`*`, the id of a principal that was deleted). */
  readonly account: string | null;
  readonly standIn: EmittedEntity | null;
}

function awsPrincipal(facts: TrustFacts, principal: string): AwsPrincipal {
  if (principal === '*') {
    const standIn = identity('aws_principal', '*', 'any AWS principal', { kind: 'any' });
    return { ref: identityRef('*'), kind: 'any', account: null, standIn };
  }
  const arn = parseArn(principal);
  const account = /^\d{12}$/.test(principal) ? principal : (arn?.account ?? '');
  if (!/^\d{12}$/.test(account)) {
    // What IAM shows for a principal that was deleted after it was trusted (AIDA…, AROA…).
    const standIn = identity('aws_principal', principal, principal, { kind: 'unknown_id' });
    return { ref: identityRef(principal), kind: 'unknown_id', account: null, standIn };
  }
  const resource = arn?.resource ?? 'root';
  const kind = principalKind(arn?.service ?? 'iam', resource);
  if (account === facts.account && kind !== 'account') {
    if (facts.known.roles.has(principal)) return { ref: roleRef(principal), kind, account, standIn: null };
    if (facts.known.users.has(principal)) return { ref: identityRef(principal), kind, account, standIn: null };
    return { ref: identityRef(principal), kind, account, standIn: identity('aws_principal', principal, resource, { kind, account_id: account }) };
  }
  // A principal of another account is that account's to make: the account is what is trusted, the edge keeps the principal.
  const native_id = `arn:${arn?.partition ?? 'aws'}:iam::${account}:root`;
  const standIn = { ...identity('aws_account', native_id, `AWS account ${account}`, { account_id: account }), source_tenant: account };
  return { ref: { ...identityRef(native_id), source_tenant: account }, kind, account, standIn };
}

function principalKind(service: string, resource: string): AwsPrincipal['kind'] {
  if (service === 'sts') return 'session';
  if (resource.startsWith('role/')) return 'role';
  return resource.startsWith('user/') ? 'user' : 'account';
}

function trustService(facts: TrustFacts, statement: PolicyStatement, key: string, service: string, denies: readonly PolicyStatement[]): Converted {
  return {
    entities: [identity('aws_service', service, service, { service })],
    edges: [
      {
        from: roleRef(facts.roleArn),
        to: identityRef(service),
        type: 'TRUSTS',
        qualifier: `${key}|${service}`,
        props: { ...conditionProps(statement, denies), principal: service, principal_kind: 'service', principal_account: null, external: false },
      },
    ],
  };
}

function trustFederated(facts: TrustFacts, statement: PolicyStatement, key: string, provider: string, denies: readonly PolicyStatement[]): Converted {
  if (provider.includes(':saml-provider/')) {
    const listed = facts.known.samlProviders.has(provider);
    const name = provider.slice(provider.lastIndexOf('/') + 1);
    return {
      entities: listed ? [] : [identity('saml_provider', provider, name, { arn: provider, listed: false })],
      edges: [
        {
          from: roleRef(facts.roleArn),
          to: identityRef(provider),
          type: 'TRUSTS',
          qualifier: `${key}|${provider}`,
          props: { ...conditionProps(statement, denies), principal: provider, principal_kind: 'saml', principal_account: facts.account, external: false },
        },
      ],
    };
  }
  const trust = oidcTrust(provider.split(':oidc-provider/')[1] ?? provider, statement, denies.length > 0);
  const native_id = `${facts.roleArn}#${provider}#${key}`;
  const claims = trust.subjects.map((subject) => subject.value);
  const label = claims.length === 0 ? '(any subject)' : claims.join(', ');
  return {
    entities: [
      {
        type: 'identity',
        subtype: 'federated_subject',
        native_id,
        display_name: `${trust.issuer} ${label}`.slice(0, 200).toWellFormed(),
        props: {
          issuer: trust.issuer,
          provider,
          role_arn: facts.roleArn,
          sid: statement.sid,
          has_subject_condition: trust.subjects.length > 0,
          subject_operators: operators(trust.subjects),
          subjects: claims,
          has_audience_condition: trust.audiences.length > 0,
          audience_operators: operators(trust.audiences),
          audiences: trust.audiences.map((audience) => audience.value),
          other_conditions: trust.other_conditions,
          condition_keys: conditionKeys(statement),
        },
        join_keys: [{ k: JOIN_KEYS.oidcTrust, v: canonicalJson(trust) }],
      },
    ],
    edges: [{ from: roleRef(facts.roleArn), to: identityRef(native_id), type: 'TRUSTS_SUBJECT', props: { issuer: trust.issuer } }],
  };
}

const operators = (claims: OidcTrust['subjects']): readonly string[] => [...new Set(claims.map((claim) => claim.op))].sort();

/** Keys of conditions, never values: an ExternalId or a source address is not ours to store (DATA-09). */
function conditionProps(statement: PolicyStatement, denies: readonly PolicyStatement[]): Props {
  return {
    condition_keys: conditionKeys(statement),
    has_conditions: statement.conditions.length > 0,
    has_external_id_condition: statement.conditions.some(demandsExternalId),
    has_mfa_condition: statement.conditions.some(demandsMfa),
    narrowed_by_deny: denies.length > 0,
  };
}

/** `…IfExists` lets a caller through who sends none, and `*` lets through whatever is sent: neither protects from a confused deputy. */
function demandsExternalId({ operator, key, values }: PolicyStatement['conditions'][number]): boolean {
  return key.toLowerCase() === 'sts:externalid' && /^(?:ForAnyValue:)?String(?:Equals|EqualsIgnoreCase|Like)$/i.test(operator) && !values.some((value) => /^\**$/.test(value));
}

function demandsMfa({ operator, key, values }: PolicyStatement['conditions'][number]): boolean {
  return key.toLowerCase() === 'aws:multifactorauthpresent' && /^Bool$/i.test(operator) && values.every((value) => value.toLowerCase() === 'true');
}

function identity(subtype: string, native_id: string, display_name: string, props: Props): EmittedEntity {
  return { type: 'identity', subtype, native_id, display_name, props, join_keys: [] };
}
