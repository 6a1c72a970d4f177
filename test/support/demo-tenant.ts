/** The demo's rows and emulators inside a test pipeline. */
import { demoEnvironment, DEMO_SCOPES, demoScopeId } from '../../cli/demo/demo.ts';
import { type DemoEmulators, startDemoEmulators } from '../../cli/demo/emulators.ts';
import { seedDemo } from '../../cli/demo/seed.ts';
import { scopeId, type ScopeId } from '../../domain/ids.ts';
import type { TestPipeline } from './pipeline.ts';

/** The same for every run, so that dates in the sources give the same findings. */
const BASE = new Date('2026-11-01T00:00:00.000Z');

export async function openDemo(pipeline: TestPipeline): Promise<DemoEmulators> {
  const emulators = await startDemoEmulators(BASE);
  Object.assign(pipeline.environment, demoEnvironment());
  await seedDemo(pipeline.storage, emulators.urls, BASE);
  return emulators;
}

export const demoScopes = (tenant: string): readonly ScopeId[] =>
  DEMO_SCOPES.filter((scope) => scope.tenant === tenant).map((scope) => scopeId(demoScopeId(scope)));
