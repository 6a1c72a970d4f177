/**
 * The names of join keys (`JoinKey.k`) and the exact form of their values. Connectors write them, join rules read them;
 * nothing else may tie two sources together (DATA-07).
 *
 * "Has" keys say what an entity is; "uses" keys say what it points at in another system.
 * `|` separates parts; no part contains it. Host names are lower case, without scheme.
 */
export const JOIN_KEYS = {
  /** GitHub `identity/oidc_subject`: `issuer-host|subject`. The subject may hold `*` where the source leaves a part open (any branch). */
  oidcSubject: 'oidc_subject',
  /** AWS `identity/federated_subject` (one per trust statement and OIDC provider): canonical JSON of `OidcTrust`. */
  oidcTrust: 'oidc_trust',
  /** Entra `credential/federated_credential`: `issuer-host|subject|audience`; where claims decide instead, canonical JSON of `FederatedExpression`. */
  entraFederatedCredential: 'entra_federated_credential',
  /** AWS `role/iam_role`: the role's ARN. */
  roleArn: 'role_arn',
  /** A workload or credential that assumes a role: the ARN it names. */
  usesRoleArn: 'uses_role_arn',
  /** Entra `identity/app_registration`, `identity/service_principal`: `tenant-id|app-id`. */
  entraApp: 'entra_app',
  /** ServiceNow outbound `credential/oauth_profile`: `tenant-id|client-id`, the tenant taken from the token URL. */
  usesEntraApp: 'uses_entra_app',
  /** Entra `identity/service_principal`: `tenant-id|object-id`. */
  entraPrincipal: 'entra_principal',
  /** GitHub `identity/app_installation`: `host|app-id`, and `host|client-id` where it is told: a JWT may name the App by either. */
  githubApp: 'github_app',
  /** A credential that signs as a GitHub App: `host|app-id`, or the client id in its place. */
  usesGithubApp: 'uses_github_app',
  /** GitHub `workload/workflow` with `workflow_dispatch`: `host|owner/repository|workflow-file`. GitHub's API takes owner and repository in any case: lower case here. */
  githubDispatch: 'github_dispatch',
  /** ServiceNow `connection/rest_function` posting to a dispatch address: `host|owner/repository|workflow-file|app-id`. */
  dispatchesGithubWorkflow: 'dispatches_github_workflow',
} as const;

/** What an AWS role's trust statement asks of an OIDC token. */
export interface OidcTrust {
  /** Issuer host and path without scheme: `token.actions.githubusercontent.com`, `sts.windows.net/<tenant>/`. */
  readonly issuer: string;
  /** Empty when the statement has no condition on `sub`. `StringLike` values are patterns with `*` and `?`. */
  readonly subjects: readonly { readonly op: 'StringEquals' | 'StringLike'; readonly value: string }[];
  readonly audiences: readonly { readonly op: 'StringEquals' | 'StringLike'; readonly value: string }[];
  /** True when there are condition operators that we do not decide (`StringNotEquals`, `Null`, other keys). */
  readonly other_conditions: boolean;
}

/** What an Entra federated credential asks of a token's claims, where it is more than one subject. All conditions have to hold. */
export interface FederatedExpression {
  /** Issuer host and path without scheme. */
  readonly issuer: string;
  readonly conditions: readonly ClaimCondition[];
  /** False when the expression, or a part of it, has no form that we know, or was not told: whom it lets in is then open. */
  readonly analysed: boolean;
}

export interface ClaimCondition {
  readonly claim: string;
  /** `StringLike` values are patterns with `*` and `?`. */
  readonly op: 'StringEquals' | 'StringLike';
  readonly value: string;
}
