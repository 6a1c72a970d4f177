import { z } from './common.ts';

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

export const connectorKind = z.string().regex(NAME, 'a connector kind: a-z, 0-9, "_"');
export const ruleName = z.string().regex(NAME, 'a rule id: a-z, 0-9, "_"');
export const sourceSystem = z.string().regex(NAME, 'a source system: a-z, 0-9, "_"');
