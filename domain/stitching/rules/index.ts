/** All join rules, in the order of domain.md. Nothing else may tie two sources together. */
import { entraApp } from './entra-app.ts';
import { entraPrincipalToAws } from './entra-principal-to-aws.ts';
import { githubApp } from './github-app.ts';
import { githubDispatch } from './github-dispatch.ts';
import { githubOidcToAws } from './github-oidc-to-aws.ts';
import { githubOidcToEntra } from './github-oidc-to-entra.ts';
import { roleArn } from './role-arn.ts';
import type { JoinRule } from './types.ts';

export const JOIN_RULES: readonly JoinRule[] = [
  entraApp,
  roleArn,
  githubOidcToEntra,
  githubOidcToAws,
  entraPrincipalToAws,
  githubApp,
  githubDispatch,
];
