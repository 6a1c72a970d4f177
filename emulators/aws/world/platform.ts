/** The platform's own account: one user, who may assume the reader roles of customers and nothing else. */
import { PLATFORM_ACCOUNT, PLATFORM_PRINCIPAL, signerOf } from '../keys.ts';
import type { World } from '../types.ts';
import { document, WorldBuilder } from './builder.ts';
import { allow } from './common.ts';

export function platform(now: Date): World {
  return new WorldBuilder(PLATFORM_ACCOUNT, now)
    .user('sv0-broker', { inline: { 'assume-readers': document(allow('sts:AssumeRole', 'arn:aws:iam::*:role/sv0-reader*')) } })
    .build([signerOf(PLATFORM_ACCOUNT, PLATFORM_PRINCIPAL)]);
}
