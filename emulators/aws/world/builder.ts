/** Makes accounts that look like what AWS returns. The same input gives the same ids and dates. */
import { createHash } from 'node:crypto';
import type {
  AuthorizationDetails,
  EmulatedAccessKey,
  EmulatedBucket,
  EmulatedEventSource,
  EmulatedFunction,
  GroupDetail,
  PolicyDetail,
  PolicyDocument,
  RoleDetail,
  Signer,
  TagEntry,
  UserDetail,
  World,
} from '../types.ts';

export type StatementInput = Readonly<Record<string, unknown>> & { readonly Effect: 'Allow' | 'Deny' };

export const document = (...statements: readonly StatementInput[]): PolicyDocument => ({ Version: '2012-10-17', Statement: statements });

interface Attachable {
  readonly daysOld?: number;
  readonly path?: string;
  /** Names of the account's own policies; an AWS managed one as `aws:Name`. */
  readonly policies?: readonly string[];
  readonly inline?: Readonly<Record<string, PolicyDocument>>;
  readonly boundary?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface UserInput extends Attachable {
  readonly groups?: readonly string[];
  readonly passwordUsedDaysAgo?: number;
  readonly keys?: readonly { readonly daysOld: number; readonly usedDaysAgo?: number; readonly inactive?: boolean }[];
}

export interface RoleInput extends Attachable {
  readonly usedDaysAgo?: number;
}

export interface FunctionInput {
  readonly role: string;
  readonly runtime?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** ARN of what it is fed from. */
  readonly source?: string;
}

export class WorldBuilder {
  readonly account: string;
  readonly #now: Date;
  readonly #users: UserDetail[] = [];
  readonly #groups: GroupDetail[] = [];
  readonly #roles: RoleDetail[] = [];
  readonly #policies: PolicyDetail[] = [];
  readonly #keys: EmulatedAccessKey[] = [];
  readonly #passwords: Record<string, string> = {};
  readonly #oidc: World['oidcProviders'][number][] = [];
  readonly #saml: World['samlProviders'][number][] = [];
  readonly #functions: Record<string, EmulatedFunction[]> = {};
  readonly #sources: Record<string, EmulatedEventSource[]> = {};
  readonly #buckets: EmulatedBucket[] = [];

  constructor(account: string, now: Date) {
    this.account = account;
    this.#now = now;
  }

  arn = (resource: string): string => `arn:aws:iam::${this.account}:${resource}`;

  policyArn = (name: string): string => (name.startsWith('aws:') ? `arn:aws:iam::aws:policy/${name.slice(4)}` : this.arn(`policy/${name}`));

  policy(name: string, body: PolicyDocument, earlier: readonly PolicyDocument[] = []): this {
    const plain = name.replace(/^aws:/, '');
    const versions = [...earlier, body].map((Document, index, all) => {
      return { Document, VersionId: `v${index + 1}`, IsDefaultVersion: index === all.length - 1, CreateDate: this.#ago(400 - index) };
    });
    this.#policies.push({
      PolicyName: plain,
      PolicyId: this.#id('ANPA', name),
      Arn: this.policyArn(name),
      Path: '/',
      DefaultVersionId: `v${versions.length}`,
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: this.#ago(400),
      UpdateDate: this.#ago(120),
      PolicyVersionList: versions.reverse(),
    });
    return this;
  }

  group(name: string, input: Attachable = {}): this {
    const { Path, CreateDate, AttachedManagedPolicies, inlineList } = this.#common(input);
    this.#groups.push({
      Path,
      CreateDate,
      AttachedManagedPolicies,
      GroupName: name,
      GroupId: this.#id('AGPA', name),
      Arn: this.arn(`group/${name}`),
      GroupPolicyList: inlineList,
    });
    return this;
  }

  user(name: string, input: UserInput = {}): this {
    const { inlineList, ...common } = this.#common(input);
    const Arn = this.arn(`user${common.Path}${name}`);
    this.#users.push({
      ...common,
      UserName: name,
      UserId: this.#id('AIDA', name),
      Arn,
      UserPolicyList: inlineList,
      GroupList: input.groups ?? [],
    });
    if (input.passwordUsedDaysAgo !== undefined) this.#passwords[name] = this.#ago(input.passwordUsedDaysAgo);
    for (const [index, key] of (input.keys ?? []).entries()) {
      const used =
        key.usedDaysAgo === undefined ? {} : { LastUsed: { date: this.#ago(key.usedDaysAgo), service: 's3', region: 'us-east-1' } };
      const AccessKeyId = this.#id('AKIA', `${name}/${index}`).slice(0, 20);
      this.#keys.push({
        UserName: name,
        AccessKeyId,
        Status: key.inactive === true ? 'Inactive' : 'Active',
        CreateDate: this.#ago(key.daysOld),
        ...used,
      });
    }
    return this;
  }

  role(name: string, trust: PolicyDocument, input: RoleInput = {}): this {
    const { inlineList, ...common } = this.#common(input);
    const used = input.usedDaysAgo === undefined ? {} : { LastUsedDate: this.#ago(input.usedDaysAgo), Region: 'us-east-1' };
    this.#roles.push({
      ...common,
      RoleName: name,
      RoleId: this.#id('AROA', name),
      Arn: this.arn(`role${common.Path}${name}`),
      AssumeRolePolicyDocument: trust,
      InstanceProfileList: [],
      RolePolicyList: inlineList,
      RoleLastUsed: used,
    });
    return this;
  }

  oidcProvider(issuer: string, clientIds: readonly string[]): this {
    const Arn = this.arn(`oidc-provider/${issuer}`);
    this.#oidc.push({
      Arn,
      Url: issuer,
      ClientIDList: clientIds,
      ThumbprintList: [this.#id('', issuer).toLowerCase().padEnd(40, '0')],
      CreateDate: this.#ago(380),
    });
    return this;
  }

  samlProvider(name: string): this {
    this.#saml.push({ Arn: this.arn(`saml-provider/${name}`), ValidUntil: this.#ago(-365), CreateDate: this.#ago(700) });
    return this;
  }

  fn(region: string, name: string, input: FunctionInput): this {
    const FunctionArn = `arn:aws:lambda:${region}:${this.account}:function:${name}`;
    (this.#functions[region] ??= []).push({
      FunctionName: name,
      FunctionArn,
      Role: this.arn(`role/${input.role}`),
      Runtime: input.runtime ?? 'nodejs22.x',
      Handler: 'index.handler',
      LastModified: this.#ago(30).replace('Z', '.000+0000'),
      ...(input.environment === undefined ? {} : { Environment: { Variables: input.environment } }),
      Tags: input.tags ?? {},
    });
    if (input.source !== undefined) {
      const hex = createHash('sha256').update(FunctionArn).digest('hex');
      const UUID = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
      (this.#sources[region] ??= []).push({ UUID, EventSourceArn: input.source, FunctionArn, State: 'Enabled' });
    }
    return this;
  }

  bucket(name: string, region: string, tags: Readonly<Record<string, string>> = {}): this {
    this.#buckets.push({ Name: name, BucketRegion: region, CreationDate: this.#ago(500), Tags: tagList(tags) });
    return this;
  }

  build(signers: readonly Signer[]): World {
    const details: AuthorizationDetails = {
      UserDetailList: this.#users,
      GroupDetailList: this.#groups,
      RoleDetailList: this.#roles,
      Policies: this.#countedPolicies(),
    };
    return {
      account: this.account,
      details,
      accessKeys: this.#keys,
      passwordLastUsed: this.#passwords,
      oidcProviders: this.#oidc,
      samlProviders: this.#saml,
      functions: this.#functions,
      eventSources: this.#sources,
      buckets: this.#buckets,
      signers,
    };
  }

  #countedPolicies(): PolicyDetail[] {
    const holders = [...this.#users, ...this.#groups, ...this.#roles];
    const attached = holders.flatMap((holder) => (holder.AttachedManagedPolicies ?? []).map((policy) => policy.PolicyArn));
    const boundaries = [...this.#users, ...this.#roles].flatMap((holder) => holder.PermissionsBoundary?.PermissionsBoundaryArn ?? []);
    const times = (list: readonly string[], arn: string): number => list.filter((one) => one === arn).length;
    return this.#policies.map((policy) => ({
      ...policy,
      AttachmentCount: times(attached, policy.Arn),
      PermissionsBoundaryUsageCount: times(boundaries, policy.Arn),
    }));
  }

  #common(input: Attachable) {
    return {
      Path: input.path ?? '/',
      CreateDate: this.#ago(input.daysOld ?? 300),
      AttachedManagedPolicies: (input.policies ?? []).map((name) => ({
        PolicyName: name.replace(/^aws:/, ''),
        PolicyArn: this.policyArn(name),
      })),
      inlineList: Object.entries(input.inline ?? {}).map(([PolicyName, PolicyDocument]) => ({ PolicyName, PolicyDocument })),
      Tags: tagList(input.tags ?? {}),
      ...(input.boundary === undefined
        ? {}
        : {
            PermissionsBoundary: {
              PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
              PermissionsBoundaryArn: this.policyArn(input.boundary),
            },
          }),
    };
  }

  /** `AIDA` and sixteen more of A-Z and 2-7, as AWS's ids look. */
  #id(prefix: string, of: string): string {
    const digest = createHash('sha256').update(`${this.account} ${prefix} ${of}`).digest();
    return prefix + [...digest.subarray(0, 16)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
  }

  #ago(days: number): string {
    return new Date(this.#now.getTime() - days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

const tagList = (tags: Readonly<Record<string, string>>): TagEntry[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
