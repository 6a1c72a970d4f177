/** A role's trust policy: whom it lets act as it, and under which conditions. */
import { combine, type Converted } from '../collector.ts';
import { type PolicyStatement, statementKeys } from '../policy/document.ts';
import { coversAction } from '../policy/match.ts';
import { convertFederatedSubject } from './federated-subject.ts';
import { identity, identityRef, roleRef } from './refs.ts';
import { conditionProps } from './trust-conditions.ts';
import { awsPrincipal } from './trust-principal.ts';

export interface TrustFacts {
  readonly roleArn: string;
  readonly account: string;
  readonly known: KnownPrincipals;
}

/** ARNs that were listed: a trust in one of these is an edge to it, in another of the account to a stand-in. */
export interface KnownPrincipals {
  readonly roles: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  /** False when pages are missing: one that was not seen may be there, and a stand-in would be written over what is known of it. */
  readonly complete: boolean;
  /** Null when they could not be listed. */
  readonly samlProviders: ReadonlySet<string> | null;
}

/** One statement of the policy that allows. */
export interface TrustStatement {
  readonly statement: PolicyStatement;
  readonly key: string;
  /** True when another statement of the policy denies. */
  readonly narrowed: boolean;
}

export function convertTrust(facts: TrustFacts, statements: readonly PolicyStatement[]): Converted {
  const keys = statementKeys(statements);
  const narrowed = statements.some((statement) => statement.effect === 'Deny');
  return combine(
    statements.flatMap((statement, index) => {
      if (statement.effect !== 'Allow') return [];
      const trusted = { statement, key: keys[index] ?? '', narrowed };
      return [
        ...assumable(statement, 'AWS').map((principal) => trustAws(facts, trusted, principal)),
        ...assumable(statement, 'Service').map((service) => trustService(facts, trusted, service)),
        ...samlProviders(statement).map((provider) => trustSaml(facts, trusted, provider)),
        ...oidcProviders(statement).map((provider) => convertFederatedSubject(facts.roleArn, trusted, provider)),
      ];
    }),
  );
}

function assumable(statement: PolicyStatement, kind: 'AWS' | 'Service'): readonly string[] {
  if (!coversAction(statement, 'sts:AssumeRole')) return [];
  // `NotPrincipal` with `Allow` lets in everyone but the named: the same as `*` for a reader who looks for what is open.
  if (kind === 'AWS' && statement.hasNotPrincipal) return ['*'];
  return statement.principals[kind] ?? [];
}

const isSaml = (provider: string): boolean => provider.includes(':saml-provider/');

const samlProviders = (statement: PolicyStatement): readonly string[] =>
  coversAction(statement, 'sts:AssumeRoleWithSAML') ? (statement.principals['Federated'] ?? []).filter(isSaml) : [];

const oidcProviders = (statement: PolicyStatement): readonly string[] =>
  coversAction(statement, 'sts:AssumeRoleWithWebIdentity')
    ? (statement.principals['Federated'] ?? []).filter((provider) => !isSaml(provider))
    : [];

function trustAws(facts: TrustFacts, trusted: TrustStatement, principal: string): Converted {
  const { ref, kind, account, standIn } = awsPrincipal(facts, principal);
  const props = {
    ...conditionProps(trusted),
    principal,
    principal_kind: kind,
    principal_account: account,
    external: kind !== 'unknown_id' && account !== facts.account,
  };
  return {
    entities: standIn === null ? [] : [standIn],
    edges: [{ from: roleRef(facts.roleArn), to: ref, type: 'TRUSTS', qualifier: `${trusted.key}|${principal}`, props }],
  };
}

function trustService(facts: TrustFacts, trusted: TrustStatement, service: string): Converted {
  const props = { ...conditionProps(trusted), principal: service, principal_kind: 'service', principal_account: null, external: false };
  return {
    entities: [identity('aws_service', service, service, { service })],
    edges: [{ from: roleRef(facts.roleArn), to: identityRef(service), type: 'TRUSTS', qualifier: `${trusted.key}|${service}`, props }],
  };
}

function trustSaml(facts: TrustFacts, trusted: TrustStatement, provider: string): Converted {
  const props = {
    ...conditionProps(trusted),
    principal: provider,
    principal_kind: 'saml',
    principal_account: facts.account,
    external: false,
  };
  const listed = facts.known.samlProviders === null ? {} : { listed: false };
  const standIn = identity('saml_provider', provider, provider.slice(provider.lastIndexOf('/') + 1), { arn: provider, ...listed });
  return {
    entities: facts.known.samlProviders?.has(provider) === true ? [] : [standIn],
    edges: [{ from: roleRef(facts.roleArn), to: identityRef(provider), type: 'TRUSTS', qualifier: `${trusted.key}|${provider}`, props }],
  };
}
