/** The accounts of the demo (domain.md, "The story that the demo tells"). Dates count back from `now`; everything else is fixed. */
import type { World } from './types.ts';
import { contoso, CONTOSO_CANARIES } from './world/contoso.ts';
import { northwind, NORTHWIND_CANARIES } from './world/northwind.ts';
import { platform } from './world/platform.ts';

export { DEMO_AWS_EXTERNAL_IDS, DEMO_AWS_KEYS, PLATFORM_ACCOUNT, readerRole } from './keys.ts';

/** The regions in which the demo's accounts have something. */
export const DEMO_AWS_REGIONS = ['eu-west-1', 'us-east-1'] as const;

/** Secrets that the emulated sources hold: a sweep looks for them everywhere else. */
export const AWS_WORLD_CANARIES: readonly string[] = [...NORTHWIND_CANARIES, ...CONTOSO_CANARIES];

export const demoWorlds = (now: Date): readonly World[] => [northwind(now), contoso(now), platform(now)];
