/** What one run is given, checked before any call: credentials by declared variables, regions and endpoint by scope. */
import type { ScopeFile } from '../contract/scope.ts';
import { SourceError } from '../sdk/types.ts';
import { awsManifest } from './manifest.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsSettings {
  readonly credentials: AwsCredentials;
  readonly account: string;
  /** As the scope gives them, without doubles; empty when it names none. */
  readonly regions: readonly string[];
  /** Null for the public endpoints. */
  readonly endpointUrl: string | null;
  /** Whether `endpointUrl` may be at a private or loopback address. */
  readonly allowPrivate: boolean;
}

export function readSettings(scope: ScopeFile, env: Readonly<Record<string, string | undefined>>): AwsSettings {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new SourceError('no AWS access key was given to this run', {
      code: 'CREDENTIALS_MISSING',
      class: 'persistent',
      actor: 'customer',
      subject: accessKeyId ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID',
    });
  }
  const sessionToken = env['AWS_SESSION_TOKEN'];
  if (!/^\d{12}$/.test(scope.source_tenant)) throw badScope('source_tenant', 'an AWS account id of twelve digits');
  return {
    credentials: sessionToken ? { accessKeyId, secretAccessKey, sessionToken } : { accessKeyId, secretAccessKey },
    account: scope.source_tenant,
    regions: readRegions(scope.params['regions']),
    endpointUrl: readEndpoint(scope.config['endpoint_url']),
    allowPrivate: readFlag(scope.config['allow_private']),
  };
}

function readRegions(value: unknown): readonly string[] {
  if (value === undefined) return [];
  const pattern = new RegExp(awsManifest.params['regions']?.pattern ?? '');
  if (!Array.isArray(value) || !value.every((region): region is string => typeof region === 'string' && pattern.test(region))) {
    throw badScope('params.regions', 'a list of AWS region names');
  }
  return [...new Set(value)].sort();
}

function readEndpoint(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string' || !URL.canParse(value)) throw badScope('config.endpoint_url', 'an absolute URL');
  return value;
}

function readFlag(value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw badScope('config.allow_private', 'true or false');
  return value ?? false;
}

function badScope(field: string, expected: string): SourceError {
  return new SourceError(`${field} must be ${expected}`, {
    code: 'CONFIG_INVALID',
    class: 'persistent',
    actor: 'operator',
    subject: field,
  });
}
