/** Whether this machine's clock agrees with the database server's. Runs are dated by the clocks of the hosts that work on them, and their budgets end by them. */
import { type Check, failed, ok, warning } from './types.ts';

const WARN_MS = 3_000;
const FAIL_MS = 60_000;
const REMEDY = 'timedatectl set-ntp true';

export interface Reading {
  /** What the server says that it is. */
  readonly server: Date;
  /** This machine's clock before it was asked and after it answered, in milliseconds since the epoch. */
  readonly asked: number;
  readonly answered: number;
}

/** @param reading null when the server does not tell its time */
export function clockCheck(reading: Reading | null): Check {
  if (reading === null)
    return warning('mongodb.clock', 'the database server does not tell its time: whether the clocks agree is not known');
  const { server, asked, answered } = reading;
  // It read its clock at some moment between the two: what that explains is nobody's fault.
  const off = server.getTime() > answered ? server.getTime() - answered : Math.min(0, server.getTime() - asked);
  const far = `${Math.round(Math.abs(off) / 100) / 10} s ${off > 0 ? 'behind' : 'ahead of'} the database server's`;
  if (Math.abs(off) >= FAIL_MS)
    return failed('mongodb.clock', `this machine's clock is ${far}: runs and credentials end at the wrong time`, REMEDY);
  if (Math.abs(off) >= WARN_MS) return warning('mongodb.clock', `this machine's clock is ${far}`, REMEDY);
  return ok('mongodb.clock', "this machine's clock agrees with the database server's");
}
