/** Completeness in a rule's words: what was not read is named, and nothing that rests on it is `clear` (DATA-04). */
import type { Entity } from '../../graph/types.ts';
import type { RuleContext, RuleInput } from '../types.ts';

export const inputName = (input: RuleInput): string => `${input.source_system}:${input.category}`;

/** The first of the inputs that was not read completely of this source tenant (of any, when it is left out). */
export function unread(context: RuleContext, inputs: readonly RuleInput[], sourceTenant?: string): string | undefined {
  const input = inputs.find((one) => !context.complete(one.source_system, one.category, sourceTenant));
  return input === undefined ? undefined : inputName(input);
}

/** The category that reported the entity itself. */
export const ownInput = (entity: Entity): RuleInput => ({ source_system: entity.source_system, category: entity.category });

/** Of the declared inputs those that speak of this source. */
export const inputsOf = (inputs: readonly RuleInput[], sourceSystem: string): readonly RuleInput[] =>
  inputs.filter((input) => input.source_system === sourceSystem);
