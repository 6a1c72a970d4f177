/**
 * What is taken of GitHub's answers. Everything that is not named here is dropped when an answer is parsed, so that what a converter can
 * pass on is what stands in this file (DATA-09): no key material, no description, no text of a workflow's run.
 */
import { z } from 'zod';

const date = z.string().max(64);
const login = z.object({ login: z.string().max(255), id: z.int() });

export const repository = z.object({
  id: z.int(),
  name: z.string().min(1).max(255),
  full_name: z.string().min(3).max(512),
  owner: login,
  private: z.boolean(),
  visibility: z.enum(['public', 'private', 'internal']).optional(),
  fork: z.boolean(),
  archived: z.boolean().default(false),
  disabled: z.boolean().default(false),
  default_branch: z.string().max(512).default('main'),
  created_at: date.nullish(),
});
export type Repository = z.infer<typeof repository>;

export const user = z.object({
  id: z.int(),
  login: z.string().min(1).max(255),
  type: z.string().max(32).optional(),
  suspended_at: date.nullish(),
});
export type User = z.infer<typeof user>;

const protectionRule = z.object({
  type: z.string().max(64),
  wait_timer: z.int().optional(),
  prevent_self_review: z.boolean().optional(),
  reviewers: z.array(z.object({ type: z.string().max(32).nullish() })).nullish(),
});

export const environment = z.object({
  id: z.int(),
  name: z.string().min(1).max(255),
  created_at: date.nullish(),
  can_admins_bypass: z.boolean().optional(),
  protection_rules: z.array(protectionRule).default([]),
  deployment_branch_policy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullish(),
});
export type Environment = z.infer<typeof environment>;

export const branchPolicy = z.object({ name: z.string().max(512), type: z.string().max(16).optional() });

export const workflow = z.object({
  id: z.int(),
  path: z.string().min(1).max(512),
  state: z.string().max(64),
  created_at: date.nullish(),
});
export type Workflow = z.infer<typeof workflow>;

/** Only ever held until it is parsed (`converters/workflow-file.ts`). */
export const fileContent = z.object({ type: z.literal('file'), encoding: z.string(), size: z.int(), content: z.string() });

/** `sub_claim_prefix` and `use_immutable_subject`: github.blog/changelog, 2026-04-23. Absent on GitHub Enterprise Server. */
export const oidcTemplate = z.object({
  use_default: z.boolean().default(true),
  include_claim_keys: z
    .array(z.string().regex(/^[A-Za-z0-9_]{1,64}$/))
    .max(50)
    .nullish(),
  use_immutable_subject: z.boolean().nullish(),
  sub_claim_prefix: z
    .string()
    .max(400)
    .regex(/^repo:[^:*\s]+$/)
    .nullish(),
});
export type OidcTemplate = z.infer<typeof oidcTemplate>;

export const actionsSecret = z.object({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/),
  created_at: date.nullish(),
  updated_at: date.nullish(),
  /** Of organization secrets. */
  visibility: z.enum(['all', 'private', 'selected']).optional(),
});
export type ActionsSecret = z.infer<typeof actionsSecret>;

export const repositoryId = z.object({ id: z.int() });

export const installation = z.object({
  id: z.int(),
  app_id: z.int(),
  /** Absent on older Enterprise Servers. */
  client_id: z.string().max(255).nullish(),
  app_slug: z.string().max(255),
  account: login.nullish(),
  repository_selection: z.enum(['all', 'selected']),
  permissions: z.record(z.string().regex(/^[a-z_]{1,64}$/), z.enum(['read', 'write', 'admin'])),
  events: z.array(z.string().regex(/^[a-z_]{1,64}$/)).default([]),
  created_at: date.nullish(),
  suspended_at: date.nullish(),
});
export type Installation = z.infer<typeof installation>;

export const app = z.object({
  id: z.int(),
  owner: z.object({ login: z.string().max(255).optional(), slug: z.string().max(255).optional() }).nullish(),
});

export const deployKey = z.object({
  id: z.int(),
  title: z.string().max(1000).default(''),
  read_only: z.boolean(),
  verified: z.boolean().optional(),
  enabled: z.boolean().optional(),
  created_at: date.nullish(),
  last_used: date.nullish(),
});
export type DeployKey = z.infer<typeof deployKey>;
