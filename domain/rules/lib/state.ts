/** Whether a thing is switched on, as its own source says it. Each source has its own word for it. */
import type { Entity } from '../../graph/types.ts';

const BOOLEAN_PROPS = ['account_enabled', 'enabled', 'active'] as const;
const OFF_WORDS: ReadonlySet<string> = new Set([
  'inactive',
  'disabled',
  'disabled_manually',
  'disabled_inactivity',
  'disabled_fork',
  'deleted',
  'suspended',
  'archived',
  'draft',
]);

/** `undefined` when the source says nothing of it. */
export function isEnabled(entity: Entity): boolean | undefined {
  let said: boolean | undefined;
  for (const prop of BOOLEAN_PROPS) {
    const value = entity.props[prop];
    if (value === false) return false;
    if (value === true) said = true;
  }
  for (const prop of ['suspended', 'archived', 'locked_out']) if (entity.props[prop] === true) return false;
  if (entity.props['suspended'] === false) said = true;
  for (const prop of ['status', 'state']) {
    const value = entity.props[prop];
    if (typeof value !== 'string') continue;
    if (OFF_WORDS.has(value.toLowerCase())) return false;
    said ??= true;
  }
  return said;
}

export const strings = (entity: Pick<Entity, 'props'>, prop: string): readonly string[] => {
  const value = entity.props[prop];
  if (!Array.isArray(value)) return typeof value === 'string' && value !== '' ? [value] : [];
  return (value as readonly unknown[]).filter((item): item is string => typeof item === 'string');
};

export const text = (entity: Pick<Entity, 'props'>, prop: string): string | undefined => {
  const value = entity.props[prop];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
