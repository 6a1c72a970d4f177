/** A user id for one run. It has no name and owns nothing but that run's directory. */
import { randomInt } from 'node:crypto';
import { processesOfUid } from '../processes.ts';

/** Above what login services, `subuid` and `systemd` hand out (they stay under 1,879,048,192), below 2^31. */
const FIRST = 2_000_000_000;
const COUNT = 100_000_000;

export function pickRunUid(): number {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const uid = FIRST + randomInt(COUNT);
    if (processesOfUid(uid).length === 0) return uid;
  }
  throw new Error('no free user id for a run');
}
