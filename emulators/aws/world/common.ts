/** What every demo account has: the scanning principal, and policies that AWS ships. */
import { awsReadPermissions } from './permissions.ts';
import { PLATFORM_ACCOUNT } from '../keys.ts';
import { document, type StatementInput, type WorldBuilder } from './builder.ts';

export const LAMBDA_TRUST = serviceTrust('lambda.amazonaws.com');
export const EC2_TRUST = serviceTrust('ec2.amazonaws.com');

export function serviceTrust(service: string) {
  return document({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });
}

export function accountTrust(principal: string, condition?: object) {
  return document({
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: 'sts:AssumeRole',
    ...(condition === undefined ? {} : { Condition: condition }),
  });
}

/** Allows, in the fewest words. */
export const allow = (actions: string | readonly string[], resources: string | readonly string[], extra: object = {}): StatementInput => {
  return { Effect: 'Allow', Action: actions, Resource: resources, ...extra };
};

export const readObjects = (bucket: string, sid?: string): StatementInput =>
  allow(['s3:GetObject', 's3:GetObjectVersion'], `arn:aws:s3:::${bucket}/*`, sid === undefined ? {} : { Sid: sid });

/** The user whose key a connection stores, and the role that the platform assumes instead: the connector's permissions, each on everything. */
export function addScanningPrincipals(world: WorldBuilder, externalId: string): void {
  const permissions = document(allow([...awsReadPermissions], '*', { Sid: 'ReadOnlyInventory' }));
  world
    .policy('sv0-inventory-read', permissions)
    .user('sv0-scanner', {
      daysOld: 20,
      policies: ['sv0-inventory-read'],
      keys: [{ daysOld: 20, usedDaysAgo: 0 }],
      tags: { owner: 'security-platform' },
    })
    .role('sv0-reader', accountTrust(`arn:aws:iam::${PLATFORM_ACCOUNT}:root`, { StringEquals: { 'sts:ExternalId': externalId } }), {
      daysOld: 20,
      usedDaysAgo: 0,
      policies: ['sv0-inventory-read'],
      tags: { owner: 'security-platform' },
    });
}

export function addAwsManagedPolicies(world: WorldBuilder): void {
  world
    .policy('aws:AdministratorAccess', document({ Effect: 'Allow', Action: '*', Resource: '*' }))
    .policy(
      'aws:AmazonS3ReadOnlyAccess',
      document(allow(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'], '*')),
    )
    .policy('aws:AWSLambdaBasicExecutionRole', document(allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], '*')))
    .policy(
      'aws:IAMUserChangePassword',
      document(allow('iam:ChangePassword', 'arn:aws:iam::*:user/${aws:username}'), allow('iam:GetAccountPasswordPolicy', '*')),
    );
}

export const NAMES = [
  'abel',
  'ada',
  'amir',
  'anika',
  'beatriz',
  'ben',
  'carla',
  'chen',
  'dario',
  'elif',
  'emre',
  'farah',
  'felix',
  'grace',
  'hana',
  'hugo',
  'imani',
  'ines',
  'ivan',
  'jonas',
  'kaya',
  'kofi',
  'lena',
  'liam',
  'mara',
  'mina',
  'nadia',
  'noor',
  'omar',
  'paula',
  'priya',
  'quinn',
  'rosa',
  'samir',
  'tara',
] as const;
