/**
 * A form that was sent after its session had ended: given back with what was typed, to be sent again after signing in. Browsers fill nothing
 * again that is `no-store`. Only to the page of ours that sent it (`checkOrigin`), and never what is secret.
 */
import type { Context } from 'hono';
import type { Again } from '../../ui/pages/problem.tsx';
import { refuseWithoutBrowserProof } from '../middleware/origin.ts';
import { pathAndQuery } from './read.ts';
import { readTyped } from './typed.ts';

/** As the forms of a credential call what is secret; what is plain among it is typed again as well. */
const SECRET = 'fields.';

/** Null where there is nothing to send again. */
export async function againOf(c: Context): Promise<Again | null> {
  if (c.req.method !== 'POST' || !c.req.path.startsWith('/operations/')) return null;
  try {
    refuseWithoutBrowserProof(c);
    const fields = Object.entries(await readTyped(c));
    const plain = fields.filter(([name]) => !name.startsWith(SECRET));
    return { action: pathAndQuery(c.req.url), fields: plain, left_out: plain.length < fields.length };
  } catch {
    // No form, or more than a form holds: the refusal stands by itself.
    return null;
  }
}
