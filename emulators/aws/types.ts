/** What an emulated account holds. Dates are ISO 8601; policy documents are JSON objects and are URL-encoded on the wire only. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: unknown;
  readonly [key: string]: unknown;
}

export interface TagEntry {
  readonly Key: string;
  readonly Value: string;
}

interface Attached {
  readonly PolicyName: string;
  readonly PolicyArn: string;
}

export interface Boundary {
  readonly PermissionsBoundaryType: string;
  readonly PermissionsBoundaryArn: string;
}

interface Inline {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
}

export interface UserDetail {
  readonly Path: string;
  readonly UserName: string;
  readonly UserId: string;
  readonly Arn: string;
  readonly CreateDate: string;
  readonly UserPolicyList?: readonly Inline[];
  readonly GroupList?: readonly string[];
  readonly AttachedManagedPolicies?: readonly Attached[];
  readonly PermissionsBoundary?: Boundary;
  readonly Tags?: readonly TagEntry[];
}

export interface GroupDetail {
  readonly Path: string;
  readonly GroupName: string;
  readonly GroupId: string;
  readonly Arn: string;
  readonly CreateDate: string;
  readonly GroupPolicyList?: readonly Inline[];
  readonly AttachedManagedPolicies?: readonly Attached[];
}

export interface RoleDetail {
  readonly Path: string;
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Arn: string;
  readonly CreateDate: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  /** Not in the authorization details of AWS; an hour when left out. */
  readonly MaxSessionDuration?: number;
  readonly InstanceProfileList?: readonly unknown[];
  readonly RolePolicyList?: readonly Inline[];
  readonly AttachedManagedPolicies?: readonly Attached[];
  readonly PermissionsBoundary?: Boundary;
  readonly Tags?: readonly TagEntry[];
  readonly RoleLastUsed?: { readonly LastUsedDate?: string; readonly Region?: string };
}

export interface PolicyDetail {
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly Arn: string;
  readonly Path: string;
  readonly DefaultVersionId: string;
  readonly AttachmentCount?: number;
  readonly PermissionsBoundaryUsageCount?: number;
  readonly IsAttachable?: boolean;
  readonly CreateDate: string;
  readonly UpdateDate?: string;
  readonly PolicyVersionList: readonly {
    readonly Document: PolicyDocument;
    readonly VersionId: string;
    readonly IsDefaultVersion: boolean;
    readonly CreateDate?: string;
  }[];
}

/** What `aws iam get-account-authorization-details` prints. */
export interface AuthorizationDetails {
  readonly UserDetailList: readonly UserDetail[];
  readonly GroupDetailList: readonly GroupDetail[];
  readonly RoleDetailList: readonly RoleDetail[];
  readonly Policies: readonly PolicyDetail[];
}

export interface EmulatedAccessKey {
  readonly UserName: string;
  readonly AccessKeyId: string;
  readonly Status: 'Active' | 'Inactive';
  readonly CreateDate: string;
  readonly LastUsed?: { readonly date: string; readonly service: string; readonly region: string };
}

/** A key that may sign requests to the emulator, and as whom. The account's root may do everything that is emulated. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly principalArn: string;
}

export interface EmulatedFunction {
  readonly FunctionName: string;
  readonly FunctionArn: string;
  readonly Role: string;
  readonly Runtime: string;
  readonly Handler: string;
  readonly LastModified: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly Tags: Readonly<Record<string, string>>;
}

export interface EmulatedEventSource {
  readonly UUID: string;
  readonly EventSourceArn: string;
  readonly FunctionArn: string;
  readonly State: 'Enabled' | 'Disabled';
}

export interface EmulatedBucket {
  readonly Name: string;
  readonly CreationDate: string;
  readonly BucketRegion: string;
  readonly Tags: readonly TagEntry[];
}

export interface World {
  readonly account: string;
  readonly details: AuthorizationDetails;
  readonly accessKeys: readonly EmulatedAccessKey[];
  /** By user name; a user who never signed in with a password is not in it. */
  readonly passwordLastUsed: Readonly<Record<string, string>>;
  readonly oidcProviders: readonly {
    readonly Arn: string;
    readonly Url: string;
    readonly ClientIDList: readonly string[];
    readonly ThumbprintList: readonly string[];
    readonly CreateDate: string;
  }[];
  readonly samlProviders: readonly { readonly Arn: string; readonly ValidUntil: string; readonly CreateDate: string }[];
  /** By region. */
  readonly functions: Readonly<Record<string, readonly EmulatedFunction[]>>;
  readonly eventSources: Readonly<Record<string, readonly EmulatedEventSource[]>>;
  readonly buckets: readonly EmulatedBucket[];
  readonly signers: readonly Signer[];
}
