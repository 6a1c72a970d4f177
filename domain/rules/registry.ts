/** Every rule, in the order of the documentation. A new rule is a file of its own and a line here. */
import { adminPolicy } from './admin_policy.ts';
import { awsAccessKeyNotRotated } from './aws_access_key_not_rotated.ts';
import { basicAuthConnection } from './basic_auth_connection.ts';
import { disabledOwnerActiveWorkload } from './disabled_owner_active_workload.ts';
import { dormantAuthority } from './dormant_authority.ts';
import { expiredCredentialStillReferenced } from './expired_credential_still_referenced.ts';
import { externalTrustWithoutExternalId } from './external_trust_without_external_id.ts';
import { humanAccountRunsWorkload } from './human_account_runs_workload.ts';
import { identitySharedByWorkloads } from './identity_shared_by_workloads.ts';
import { longLivedSecret } from './long_lived_secret.ts';
import { oidcAudienceMissing } from './oidc_audience_missing.ts';
import { oidcSubjectMissing } from './oidc_subject_missing.ts';
import { oidcSubjectMutable } from './oidc_subject_mutable.ts';
import { oidcSubjectWildcard } from './oidc_subject_wildcard.ts';
import { orphanedOwnership } from './orphaned_ownership.ts';
import { privilegeEscalation } from './privilege_escalation.ts';
import { privilegeExpanded } from './privilege_expanded.ts';
import { privilegedGraphRole } from './privileged_graph_role.ts';
import { prodIdentityReachableFromNonprod } from './prod_identity_reachable_from_nonprod.ts';
import { pullRequestTargetWithSecrets } from './pull_request_target_with_secrets.ts';
import { standingRecoveryPrincipal } from './standing_recovery_principal.ts';
import { tenantWideDelegatedGrant } from './tenant_wide_delegated_grant.ts';
import { thirdPartyAppHighPrivilege } from './third_party_app_high_privilege.ts';
import { twoActiveAccessKeys } from './two_active_access_keys.ts';
import { unownedPathToSensitiveData } from './unowned_path_to_sensitive_data.ts';
import type { Rule } from './types.ts';

export const RULES: readonly Rule[] = [
  orphanedOwnership,
  disabledOwnerActiveWorkload,
  dormantAuthority,
  expiredCredentialStillReferenced,
  longLivedSecret,
  awsAccessKeyNotRotated,
  twoActiveAccessKeys,
  adminPolicy,
  privilegeEscalation,
  privilegedGraphRole,
  tenantWideDelegatedGrant,
  externalTrustWithoutExternalId,
  oidcSubjectWildcard,
  oidcSubjectMissing,
  oidcAudienceMissing,
  oidcSubjectMutable,
  identitySharedByWorkloads,
  prodIdentityReachableFromNonprod,
  unownedPathToSensitiveData,
  basicAuthConnection,
  humanAccountRunsWorkload,
  pullRequestTargetWithSecrets,
  thirdPartyAppHighPrivilege,
  privilegeExpanded,
  standingRecoveryPrincipal,
];
