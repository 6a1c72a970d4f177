/** Every edge type, declared once: what it joins, what it means, and how authority flows along it. */
import type { EdgeType, EntityType } from './types.ts';

/** `forward`: whoever controls `from` can act through `to`. `reverse`: whoever controls `to` can act through `from`. */
export type AuthorityFlow = 'forward' | 'reverse' | 'both' | 'none';

export interface EdgeTypeDeclaration {
  readonly from: readonly EntityType[];
  readonly to: readonly EntityType[];
  readonly meaning: string;
  readonly flow: AuthorityFlow;
}

export const EDGE_TYPE_TABLE: Readonly<Record<EdgeType, EdgeTypeDeclaration>> = {
  TRIGGERED_BY: { from: ['workload'], to: ['resource', 'workload'], meaning: 'what starts the workload', flow: 'reverse' },
  CALLS: {
    from: ['workload'],
    to: ['workload', 'connection'],
    meaning: 'the workload runs the other as a part of itself',
    flow: 'forward',
  },
  INVOKES: { from: ['workload'], to: ['workload', 'connection'], meaning: 'the workload starts the other', flow: 'forward' },
  USES: { from: ['workload', 'connection'], to: ['connection', 'credential'], meaning: 'reaches out through it', flow: 'forward' },
  AUTHENTICATES_AS: {
    from: ['connection', 'credential', 'workload'],
    to: ['identity', 'credential'],
    meaning: 'presents itself as it',
    flow: 'forward',
  },
  RUNS_AS: { from: ['workload'], to: ['identity', 'role'], meaning: 'executes with the authority of it', flow: 'forward' },
  HAS_CREDENTIAL: {
    from: ['identity', 'workload', 'resource'],
    to: ['credential'],
    meaning: 'the credential authenticates as this',
    flow: 'reverse',
  },
  HAS_ROLE: { from: ['identity', 'role'], to: ['role', 'permission'], meaning: 'holds the role', flow: 'forward' },
  GRANTS: { from: ['identity', 'role'], to: ['permission', 'role'], meaning: 'confers the permission', flow: 'forward' },
  APPLIES_TO: {
    from: ['permission', 'role'],
    to: ['resource', 'workload', 'identity', 'role'],
    meaning: 'the permission reaches the resource',
    flow: 'forward',
  },
  OWNED_BY: {
    from: ['identity', 'role', 'workload', 'resource', 'connection', 'credential'],
    to: ['owner'],
    meaning: 'who answers for it',
    flow: 'none',
  },
  TRUSTS: {
    from: ['identity', 'role'],
    to: ['identity', 'role', 'connection'],
    meaning: 'lets the other act as it, under conditions',
    flow: 'reverse',
  },
  TRUSTS_SUBJECT: {
    from: ['identity', 'role', 'credential'],
    to: ['identity', 'credential'],
    meaning: 'accepts tokens of a federated subject',
    flow: 'reverse',
  },
  CAN_REQUEST_OIDC: { from: ['workload'], to: ['identity'], meaning: 'can obtain a token with that subject', flow: 'forward' },
  CAN_ACCESS: {
    from: ['identity', 'credential', 'workload'],
    to: ['resource', 'workload'],
    meaning: 'can read or change it',
    flow: 'forward',
  },
  REFERENCES_SECRET: { from: ['workload'], to: ['credential'], meaning: 'is given the secret', flow: 'forward' },
  INSTANCE_OF: { from: ['identity'], to: ['identity'], meaning: 'the service principal of an application', flow: 'reverse' },
  MEMBER_OF: {
    from: ['identity', 'owner', 'workload', 'resource'],
    to: ['identity', 'role', 'resource'],
    meaning: 'inherits from the group',
    flow: 'forward',
  },
  CAN_DISPATCH: { from: ['identity', 'credential', 'connection'], to: ['workload'], meaning: 'can start the workload', flow: 'forward' },
};
