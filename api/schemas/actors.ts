import type { Actor } from '../../domain/errors.ts';

export const ACTORS_DOC = ['customer', 'operator', 'engineer', 'nobody'] as const satisfies readonly Actor[];
