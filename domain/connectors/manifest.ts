/**
 * What a connector declares about itself, as data: the registry, the broker's allowlist of variable names, the tests,
 * the pages and `docs/connectors.md` all read this one table (CONN-03, CRED-15).
 */
import type { EdgeType, EntityType } from '../graph/types.ts';

export interface CategoryDeclaration {
  /** Matches RUN-04's first form: `^[a-z][a-z0-9_]{0,63}$`. */
  readonly name: string;
  readonly title: string;
  /** `type/subtype` of everything that the category emits. */
  readonly entities: readonly `${EntityType}/${string}`[];
  readonly edges: readonly EdgeType[];
  /** The least permissions that reading it needs, in the source's own words. */
  readonly permissions: readonly string[];
}

/** How a stored or looked-up credential of one kind becomes environment variables of the child. */
export interface CredentialKindDeclaration {
  /** `aws_access_key`, `github_token`, `username_password`, … */
  readonly kind: string;
  /**
   * Variables that the child gets, each with the field of the credential that fills it. `secret: false` is for what is no secret
   * (an app id, a user name): it may be shorter than 8 characters and is left readable in the log.
   */
  readonly variables: Readonly<Record<string, { readonly field: string; readonly required: boolean; readonly secret?: boolean }>>;
}

/** A parameter of an instance's `config` or a scope's `params`: flat, so that any language can register a connector. */
export interface ParameterDeclaration {
  readonly type: 'string' | 'string[]' | 'number' | 'boolean' | 'url';
  readonly required: boolean;
  readonly description: string;
  readonly pattern?: string;
}

export interface ConnectorManifest {
  readonly kind: string;
  readonly title: string;
  readonly source_system: string;
  readonly version: string;
  readonly categories: readonly CategoryDeclaration[];
  readonly credential_kinds: readonly CredentialKindDeclaration[];
  /** Kinds of an older release that are still taken, and as what (CRED-16). */
  readonly accepted_variants: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly auth: { readonly required: boolean };
    /** It knows `mode: check` of the scope file. */
    readonly connection_test?: boolean;
  };
  readonly config: Readonly<Record<string, ParameterDeclaration>>;
  readonly params: Readonly<Record<string, ParameterDeclaration>>;
}

/** Every variable name that the connector's credentials may become: the only names that its child can be given. */
export function declaredVariables(manifest: ConnectorManifest): readonly string[] {
  return [...new Set(manifest.credential_kinds.flatMap((kind) => Object.keys(kind.variables)))].sort();
}

/** Declared variables that hold no secret in any kind that declares them. */
export function plainVariables(manifest: ConnectorManifest): readonly string[] {
  const declared = manifest.credential_kinds.flatMap((kind) => Object.entries(kind.variables));
  const secrets = new Set(declared.filter(([, variable]) => variable.secret !== false).map(([name]) => name));
  return declaredVariables(manifest).filter((name) => !secrets.has(name));
}
