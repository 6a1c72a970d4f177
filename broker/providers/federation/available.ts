/** Which federation providers this host can mint with, and what to say of the others (CRED-18). */
import { PersistentError } from '../../../domain/errors.ts';
import type { BindableProvider, FederationProvider } from '../../../domain/federation/types.ts';
import { notConfigured } from './failures.ts';
import type { FederationMinter } from './minter.ts';

export type Minters = ReadonlyMap<FederationProvider, FederationMinter>;

/** For the composition root: one line per provider that is configured. */
export const mintersOf = (minters: readonly { readonly provider: BindableProvider }[]): Minters =>
  new Map(minters.map((minter) => [minter.provider, minter as FederationMinter]));

const EXPECTED: Readonly<Record<FederationProvider, string>> = {
  aws_assume_role: 'a section `aws` in SV0_FEDERATION_FILE',
  entra_app: 'a section `entra` in SV0_FEDERATION_FILE',
  github_app: 'a section `github` in SV0_FEDERATION_FILE',
  aws_web_identity: 'aws_assume_role: this release mints nothing by a web identity',
  aws_roles_anywhere: 'aws_assume_role: this release mints nothing by Roles Anywhere',
  azure_workload_identity: 'entra_app: this release mints nothing by an Azure workload identity',
  gcp_workload_identity: 'another provider: this release mints nothing by a Google Cloud workload identity',
};

/** @throws PersistentError `PROVIDER_NOT_CONFIGURED` */
export function minterOf(minters: Minters, provider: FederationProvider): FederationMinter {
  const minter = minters.get(provider);
  if (minter === undefined) throw notConfigured(provider, EXPECTED[provider]);
  return minter;
}

/** @throws PersistentError `BINDING_CONNECTOR_MISMATCH`: the connector has no variables for what the provider gives */
export function assertTaken({ provider, produces }: FederationMinter, connector: string, declared: readonly string[]): void {
  if (produces.every((name) => declared.includes(name))) return;
  throw new PersistentError('the connector does not take what this federation provider gives', {
    code: 'BINDING_CONNECTOR_MISMATCH',
    actor: 'operator',
    expected: `a connector that declares ${produces.join(', ')}`,
    subject: `${provider} for ${connector}`,
  });
}
