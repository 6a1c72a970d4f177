/** What an instance is, and the way to its credential: the same fields to make one and to change it. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { providerFacts } from '../../domain/credentials/providers.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import { type ConnectorInstance, CREDENTIAL_PROVIDERS } from '../../domain/tenancy/types.ts';
import { readable } from '../format.ts';
import { Choice, type FormState, TextInput } from './fields.tsx';
import { Parameters } from './parameters.tsx';
import { parameterValues } from './scope-fields.tsx';

const providers = (storeKeyKept: boolean) =>
  CREDENTIAL_PROVIDERS.filter((provider) => provider !== 'op').map((provider) => {
    const { title, production_grade } = providerFacts(provider, storeKeyKept);
    return { value: provider, label: production_grade ? title : `${title} (development)` };
  });

export interface InstanceFieldsModel {
  readonly form: FormState;
  readonly manifest: ConnectorManifest;
  readonly existing: boolean;
  readonly storeKeyKept: boolean;
}

export function InstanceFields({ form, manifest, existing, storeKeyKept }: InstanceFieldsModel) {
  return (
    <>
      <TextInput form={form} name="name" label="Name" required maxlength={TENANCY_LIMITS.name} wide />
      <TextInput
        form={form}
        name="source_tenant"
        label="Account, organisation or directory"
        required
        maxlength={TENANCY_LIMITS.sourceTenant}
        hint={`As ${readable(manifest.title, 64).text} calls it: the owner of everything that is read`}
      />
      <Choice form={form} name="credentials_ref.provider" label="Where its credential is" options={providers(storeKeyKept)} />
      <TextInput
        form={form}
        name="credentials_ref.ref"
        label="Reference"
        required
        maxlength={64}
        hint="The last part of the credential’s name, as AWS_MAIN; never the credential itself"
      />
      <Parameters declared={manifest.config} prefix="config" form={form} />
      {existing ? (
        <Choice
          form={form}
          name="status"
          label="Status"
          options={[
            { value: 'active', label: 'active' },
            { value: 'disabled', label: 'disabled: its scopes are not started' },
          ]}
        />
      ) : null}
    </>
  );
}

export function instanceValues(
  instance: Pick<ConnectorInstance, 'name' | 'source_tenant' | 'credentials_ref' | 'config' | 'status'>,
): Readonly<Record<string, readonly string[]>> {
  return {
    name: [instance.name],
    source_tenant: [instance.source_tenant],
    'credentials_ref.provider': [instance.credentials_ref.provider],
    'credentials_ref.ref': [instance.credentials_ref.ref],
    status: [instance.status],
    ...parameterValues(instance.config, 'config'),
  };
}
