/** A manifest as input: of a built-in connector in the tests, of one from outside the repository at the start (CONN-06). */
import { z } from 'zod';
import { EDGE_TYPES, ENTITY_TYPES } from '../../domain/graph/types.ts';
import { isForbiddenVariable, VARIABLE_NAME } from '../contract/variables.ts';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;
const name = z.string().regex(NAME);
const text = z.string().min(1).max(500);

const entityKind = z.templateLiteral([z.enum(ENTITY_TYPES), '/', z.string().regex(/^[a-z][a-z0-9_]{0,63}$/)]);

const category = z.strictObject({
  name,
  title: text,
  entities: z.array(entityKind).min(1),
  edges: z.array(z.enum(EDGE_TYPES)),
  permissions: z.array(text),
});

const variableName = z
  .string()
  .regex(VARIABLE_NAME)
  .refine((variable) => !isForbiddenVariable(variable), 'a variable that does not change how programs run');

const credentialKind = z.strictObject({
  kind: name,
  variables: z.record(variableName, z.strictObject({ field: name, required: z.boolean(), secret: z.boolean().optional() })),
});

const pattern = z.string().max(500).refine(isPattern, 'a regular expression');

const parameter = z.strictObject({
  type: z.enum(['string', 'string[]', 'number', 'boolean', 'url']),
  required: z.boolean(),
  description: text,
  pattern: pattern.optional(),
});

export const manifestSchema = z
  .strictObject({
    kind: name,
    title: text,
    source_system: name,
    version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/),
    categories: z.array(category).min(1).max(64),
    credential_kinds: z.array(credentialKind),
    accepted_variants: z.record(name, name),
    capabilities: z.strictObject({ auth: z.strictObject({ required: z.boolean() }), connection_test: z.boolean().optional() }),
    config: z.record(name, parameter),
    params: z.record(name, parameter),
  })
  .superRefine((manifest, context) => {
    for (const [field, names] of [
      ['categories', manifest.categories.map((it) => it.name)],
      ['credential_kinds', manifest.credential_kinds.map((it) => it.kind)],
    ] as const) {
      if (new Set(names).size < names.length) context.addIssue({ code: 'custom', path: [field], message: 'names that differ' });
    }
    const kinds = new Set(manifest.credential_kinds.map((it) => it.kind));
    for (const [variant, kind] of Object.entries(manifest.accepted_variants)) {
      if (!kinds.has(kind))
        context.addIssue({ code: 'custom', path: ['accepted_variants', variant], message: 'a declared credential kind' });
    }
    if (manifest.capabilities.auth.required && kinds.size === 0) {
      context.addIssue({ code: 'custom', path: ['credential_kinds'], message: 'at least one kind, as the connector needs a credential' });
    }
  });

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u').source !== '';
  } catch {
    return false;
  }
}
