/** Credentials of the emulated accounts. No real account has them: AWS's keys do not spell words, and secrets do not say that they are none. */
import { createHash } from 'node:crypto';
import { CONTOSO, NORTHWIND } from '../story.ts';
import type { Signer } from './types.ts';

/** Where the platform's own principal lives, which customers' roles trust with an ExternalId (CRED-18). */
export const PLATFORM_ACCOUNT = '999900001111';
export const PLATFORM_PRINCIPAL = `arn:aws:iam::${PLATFORM_ACCOUNT}:user/sv0-broker`;

export interface DemoAwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** By account: what a demo connection stores. Each signs as a user that holds the connector's permissions and nothing else. */
export const DEMO_AWS_KEYS = {
  [NORTHWIND.aws.account]: { accessKeyId: 'AKIAEMULATEDNORTHWND', secretAccessKey: 'emulated-not-a-secret/northwind/4b1c9d7e' },
  [CONTOSO.aws.account]: { accessKeyId: 'AKIAEMULATEDCONTOSO1', secretAccessKey: 'emulated-not-a-secret/contoso/8e2f5a60' },
  [PLATFORM_ACCOUNT]: { accessKeyId: 'AKIAEMULATEDPLATFORM', secretAccessKey: 'emulated-not-a-secret/platform/13d9c4b2' },
} as const satisfies Readonly<Record<string, DemoAwsKey>>;

/** By account: what each demo account's reader role demands of the platform. */
export const DEMO_AWS_EXTERNAL_IDS = {
  [NORTHWIND.aws.account]: 'sv0-emulated-7f0d3a52-northwind',
  [CONTOSO.aws.account]: 'sv0-emulated-c91b6e04-contoso',
} as const satisfies Readonly<Record<string, string>>;

/** The role that the onboarding template makes in a customer's account. */
export const readerRole = (account: string): string => `arn:aws:iam::${account}:role/sv0-reader`;

export const signerOf = (account: keyof typeof DEMO_AWS_KEYS, principalArn: string): Signer => ({
  ...DEMO_AWS_KEYS[account],
  principalArn,
});

/** A loaded account's key follows from its id, so that whoever serves the file knows it. It signs as the root: the file says nothing of a scanning user. */
export function loadedSigner(account: string): Signer {
  const digest = createHash('sha256').update(account).digest('hex');
  return {
    accessKeyId: `AKIALOADED${digest.slice(0, 10).toUpperCase()}`,
    secretAccessKey: `emulated-not-a-secret/loaded/${digest.slice(10, 26)}`,
    principalArn: `arn:aws:iam::${account}:root`,
  };
}
