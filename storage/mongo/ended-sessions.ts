import { sha256 } from '../../domain/canonical.ts';
import type { Collections } from '../collections.ts';
import type { EndedSessions } from '../ports/ended-sessions.ts';
import { mappingErrors } from './errors.ts';
import { instant, text } from './guards.ts';

/** A process whose clock is behind still takes the cookie when ours says that its time is over. */
const SKEW_MS = 3_600_000;

export function createEndedSessions({ endedSessions }: Pick<Collections, 'endedSessions'>): EndedSessions {
  // The id itself is a part of a cookie: whoever reads the database learns none.
  const idOf = (session: string): string => sha256(text('session', session));
  return mappingErrors<EndedSessions>('endedSessions', {
    async end(session, expiresAt, now) {
      await endedSessions.deleteMany({ expires_at: { $lt: new Date(instant('now', now).getTime() - SKEW_MS) } });
      await endedSessions.updateOne({ _id: idOf(session) }, { $set: { expires_at: instant('expiresAt', expiresAt) } }, { upsert: true });
    },
    isEnded: async (session) => (await endedSessions.findOne({ _id: idOf(session) })) !== null,
  });
}
