/** The OIDC subject of a workflow, as the left side of rules 3 and 4. */
import type { GraphIndex } from '../../graph/graph-index.ts';
import { issuerOf } from '../oidc-trust.ts';
import { type SubjectPattern, sourceSubject } from '../subject-pattern.ts';
import type { KeyedEntity } from './types.ts';

/** Longer than any subject that GitHub issues; nothing longer is compared. */
const MAX_LENGTH = 2_048;

/** `issuer-host|subject`; null when the key has another form. */
export function requestedSubject(left: KeyedEntity): { readonly issuer: string; readonly subject: SubjectPattern } | null {
  const [issuer, subject, ...rest] = left.side.value.split('|');
  if (!issuer || !subject || rest.length > 0 || subject.length > MAX_LENGTH) return null;
  return { issuer: issuerOf(issuer), subject: sourceSubject(subject) };
}

/** A subject is only somebody's when a workflow can ask for a token with it: GitHub's `id-token: write`. */
export const isRequested = (left: KeyedEntity, graph: GraphIndex): boolean => graph.in(left.entity.id, 'CAN_REQUEST_OIDC').length > 0;
