/** What a customer gets to grant us access, made for one connection (CRED-20, OPS-06). Nothing leaves here that the linter does not pass. */
import type { Bindings } from '../../broker/federation/bindings.ts';
import type { ConnectorRegistry } from '../../connectors/registry/registry.ts';
import { ConflictError, InvalidInputError, PersistentError } from '../../domain/errors.ts';
import type { BindableProvider } from '../../domain/federation/types.ts';
import type { InstanceId, TenantId } from '../../domain/ids.ts';
import { type AwsOnboarding, cloudFormationTemplate, terraformTemplate } from '../../domain/onboarding/aws.ts';
import { entraConsent } from '../../domain/onboarding/entra.ts';
import { githubAppManifest } from '../../domain/onboarding/github.ts';
import { lintTemplate } from '../../domain/onboarding/lint/index.ts';
import type { ConnectorInstance } from '../../domain/tenancy/types.ts';
import type { FederationFile } from './federation-file.ts';
import type { Storage } from './storage.ts';

export type OnboardingSource = 'aws' | 'entra' | 'github';

const PROVIDERS = { aws: 'aws_assume_role', entra: 'entra_app', github: 'github_app' } as const satisfies Record<
  OnboardingSource,
  BindableProvider
>;

export interface OnboardingParts {
  readonly storage: Pick<Storage, 'instances' | 'scopes'>;
  readonly registry: ConnectorRegistry;
  readonly bindings: Bindings;
  readonly identities: FederationFile;
}

export interface OnboardingRequest {
  readonly source: OnboardingSource;
  readonly tenant: TenantId;
  /** The tenant's only connection to the source, when it is left out. */
  readonly instance?: InstanceId;
  readonly format: 'cloudformation' | 'terraform';
  readonly actor: string;
}

/** The document, and the connection that it is for. Makes the pending binding that it belongs to, where there is none. */
export async function onboardingDocument(
  parts: OnboardingParts,
  request: OnboardingRequest,
): Promise<{ readonly instance: InstanceId; readonly document: object }> {
  const instance = await instanceOf(parts, request);
  const document = await documentOf(parts, request, instance);
  const problems = lintTemplate(document);
  if (problems.length > 0) {
    throw new PersistentError(`the template is not read-only: ${problems.map(({ path }) => path).join(', ')}`, {
      code: 'TEMPLATE_NOT_READ_ONLY',
      actor: 'engineer',
      ...(problems[0] === undefined ? {} : { expected: problems[0].expected }),
    });
  }
  return { instance: instance._id, document };
}

async function documentOf(
  { storage, registry, bindings, identities }: OnboardingParts,
  { source, tenant, format, actor }: OnboardingRequest,
  { _id, connector, source_tenant }: ConnectorInstance,
): Promise<object> {
  const { manifest } = registry.get(connector);
  const { aws, entra, github } = identities;
  const binding = await bindings.prepare(tenant, _id, PROVIDERS[source], actor);
  switch (source) {
    case 'aws': {
      if (aws === undefined) throw unconfigured(source);
      const scopes = await storage.scopes.list(tenant, { instance_id: _id });
      const session_seconds = Math.max(0, ...scopes.map(({ budget }) => budget.max_runtime_seconds));
      const input: AwsOnboarding = { principal_arn: aws.principal_arn, external_id: binding.external_id, session_seconds, manifest };
      return format === 'terraform' ? terraformTemplate(input) : cloudFormationTemplate(input);
    }
    case 'entra': {
      if (entra === undefined) throw unconfigured(source);
      const { client_id, authority_url, redirect_url } = entra;
      return entraConsent({
        client_id,
        authority_url,
        redirect_url,
        entra_tenant_id: source_tenant.toLowerCase(),
        state: binding.external_id,
        manifest,
      });
    }
    case 'github': {
      if (github === undefined) throw unconfigured(source);
      return githubAppManifest({ slug: github.slug, web_url: github.web_url, organization: source_tenant, manifest });
    }
  }
}

async function instanceOf(
  { storage }: OnboardingParts,
  { source, tenant, instance: asked }: OnboardingRequest,
): Promise<ConnectorInstance> {
  if (asked !== undefined) return await storage.instances.get(tenant, asked);
  const found = await storage.instances.list(tenant, { connector: source });
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new InvalidInputError(found.length === 0 ? 'the tenant has no such connection yet' : 'the tenant has several such connections', {
    code: 'INSTANCE_NOT_NAMED',
    field: 'instance',
    expected: found.length === 0 ? `an instance of ${source}: register it first` : `one of ${found.map(({ _id }) => _id).join(', ')}`,
  });
}

const unconfigured = (source: OnboardingSource): ConflictError =>
  new ConflictError('the platform has no identity for this source here', {
    code: 'PROVIDER_NOT_CONFIGURED',
    actor: 'operator',
    expected: `a section \`${source}\` in SV0_FEDERATION_FILE`,
    subject: PROVIDERS[source],
  });
