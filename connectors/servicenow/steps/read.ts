/** What steps do with tables: their own, and those that they only look things up in. */
import type { z } from 'zod';
import { SourceError, type StepContext } from '../../sdk/types.ts';
import type { ServicenowClient } from '../client.ts';
import type { Emission } from '../converters/common.ts';
import type { TableRequest } from '../tables.ts';

export type ServicenowStep = StepContext<ServicenowClient>;

/**
 * The rows of a table. What access rules hid makes the category incomplete; a table that cannot be read at all as well, and the category
 * goes on with what the others say. The first table of a category is `own`: without it there is nothing to say, and the category fails.
 */
export async function rowsOf<Schema extends z.ZodObject>(
  context: ServicenowStep,
  request: TableRequest<Schema>,
  own = false,
): Promise<readonly z.infer<Schema>[]> {
  try {
    const { rows, gaps } = await context.client.read(request, context.signal);
    for (const gap of gaps) context.incomplete(gap);
    return rows;
  } catch (error) {
    if (own || !(error instanceof SourceError)) throw error;
    context.incomplete(error);
    return [];
  }
}

/** sys_ids in chunks that fit into a URL. */
export function chunks(ids: readonly string[], size = 80): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at < ids.length; at += size) parts.push(ids.slice(at, at + size));
  return parts;
}

export async function emit(context: ServicenowStep, emission: Emission): Promise<void> {
  for (const entity of emission.entities) await context.entity(entity);
  for (const edge of emission.edges) await context.edge(edge);
}
