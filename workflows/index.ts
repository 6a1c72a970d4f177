/** Everything that the worker's bundle holds. */
export { derive } from './derive.ts';
export { ingest } from './ingest.ts';
export { reap } from './reap.ts';
export { scan } from './scan.ts';
