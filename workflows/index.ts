/** Everything that the worker's bundle holds. */
export { connectionTest } from './connection-test.ts';
export { derive } from './derive.ts';
export { ingest } from './ingest.ts';
export { reap } from './reap.ts';
export { rematerialize } from './rematerialize.ts';
export { rematerializeBatch } from './rematerialize-batch.ts';
export { rematerializeTenant } from './rematerialize-tenant.ts';
export { scan } from './scan.ts';
