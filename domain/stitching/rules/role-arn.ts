import { JOIN_KEYS } from '../keys.ts';
import { exactLookup, onlyOne } from './exact.ts';
import type { JoinRule } from './types.ts';

/** Says what the left side is configured to assume; whether the role would let it is the role's own trust, and another rule's matter. */
export const roleArn: JoinRule = {
  id: 'role_arn',
  number: 2,
  meaning: 'a workload or credential names the ARN of an AWS role that it assumes',
  left: JOIN_KEYS.usesRoleArn,
  right: JOIN_KEYS.roleArn,
  prepare(heads) {
    const find = exactLookup(heads);
    return { answer: (left) => onlyOne(find(left.side.value)), unreadable: [] };
  },
};
