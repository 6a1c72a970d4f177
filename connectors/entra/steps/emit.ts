/** Joins pages to converters: what every step does with what a converter made. */
import type { StepContext } from '../../sdk/types.ts';
import { SourceError } from '../../sdk/types.ts';
import type { EntraClient } from '../client.ts';
import type { Emission } from '../converters/common.ts';

export type EntraStep = StepContext<EntraClient>;

export async function emit(context: EntraStep, emission: Emission): Promise<void> {
  for (const entity of emission.entities) await context.entity(entity);
  for (const edge of emission.edges) await context.edge(edge);
}

/** A reading that this category needs besides its own: when it fails, the category goes on with `instead` and ends `partial`. */
export async function orIncomplete<Value>(context: EntraStep, reading: Promise<Value>, instead: Value): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    context.incomplete(error);
    return instead;
  }
}
