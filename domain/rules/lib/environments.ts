import type { Entity } from '../../graph/types.ts';
import { NON_PRODUCTION, PRODUCTION } from './privileged.ts';
import { text } from './state.ts';

/** As the thing itself declares it; `undefined` when it declares nothing that we know. A name is never guessed from. */
export function environmentOf(entity: Entity): 'production' | 'non-production' | undefined {
  const label = text(entity, 'environment')?.trim().toLowerCase();
  if (label === undefined) return undefined;
  return PRODUCTION.has(label) ? 'production' : NON_PRODUCTION.has(label) ? 'non-production' : undefined;
}
