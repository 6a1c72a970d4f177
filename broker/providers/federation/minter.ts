/** What a federation provider is: how it comes to a short-lived credential for a binding, and how it asks whether the binding is one. */
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { isDomainError } from '../../../domain/errors.ts';
import type { BindableProvider, Probe, ProbeAnswer, TargetedBinding } from '../../../domain/federation/types.ts';
import type { ProvidedCredential } from '../../provider.ts';

export interface MintRequest<Provider extends BindableProvider = BindableProvider> {
  readonly binding: TargetedBinding<Provider>;
  /** What may be read is what it declares. */
  readonly manifest: ConnectorManifest;
  /** Names the use in the customer's own log, where the source has a place for it. */
  readonly session: string;
  /** What is minted must live until then; null for a check, which asks for the least. */
  readonly deadline: Date | null;
}

export interface ProbeRequest<Provider extends BindableProvider = BindableProvider> extends MintRequest<Provider> {
  /** The account, directory or organisation that the connection reads. */
  readonly source_tenant: string;
}

/** One question of an activation. `ask` resolves when the source let us in, and fails with `FEDERATION_ACCESS_REFUSED` when it did not. */
export interface Question {
  readonly name: string;
  readonly expected: ProbeAnswer;
  /** What the customer has to change when the answer is another one. */
  readonly remedy: string;
  ask(): Promise<unknown>;
}

/** Nothing that is minted is kept: there is no cache that two tenants could share. */
export interface FederationMinter<Provider extends BindableProvider = BindableProvider> {
  readonly provider: Provider;
  /** Variables of the child; the connector must declare them all. */
  readonly produces: readonly string[];
  mint(request: MintRequest<Provider>): Promise<ProvidedCredential>;
  /** In the order in which they are asked: first what must be refused. */
  questions(request: ProbeRequest<Provider>): readonly Question[];
}

/** @throws whatever is neither a yes nor a no: a source that does not answer proves nothing */
export async function probed({ name, expected, ask }: Question, now: () => Date): Promise<Probe> {
  try {
    await ask();
    return { name, expected, answer: 'granted', at: now() };
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'FEDERATION_ACCESS_REFUSED') throw error;
    return { name, expected, answer: 'refused', at: now() };
  }
}
