/** `/metrics` for Prometheus, super-admins only. Labels are routes, statuses, stages, providers and codes: a fixed vocabulary, never a tenant. */
import type { Handler, MiddlewareHandler } from 'hono';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { RUN_STATUSES } from '../domain/runs/types.ts';
import type { AppEnv } from './context.ts';
import type { Measures } from './ports.ts';

export interface Metrics {
  readonly measure: MiddlewareHandler<AppEnv>;
  readonly expose: Handler<AppEnv>;
}

export function createMetrics(measures: Measures): Metrics {
  const register = new Registry();
  const registers = [register];
  const requests = new Counter({
    name: 'sv0_http_requests_total',
    help: 'Answers by route',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'sv0_http_request_seconds',
    help: 'Time to answer by route',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5],
    registers,
  });
  const runs = new Gauge({
    name: 'sv0_recent_runs',
    help: 'Of the newest 500 runs of the last day, by status',
    labelNames: ['status'],
    registers,
  });
  const stages = new Gauge({
    name: 'sv0_recent_stage_seconds',
    help: 'How long stages took in those runs, by quantile',
    labelNames: ['stage', 'quantile'],
    registers,
  });
  const resolves = new Gauge({
    name: 'sv0_recent_credential_resolves',
    help: 'Of the newest 1,000 audit records of credential resolves of the last day, by provider, outcome and, of a refusal, its code',
    labelNames: ['provider', 'outcome', 'code'],
    registers,
  });
  return {
    measure: async (c, next) => {
      const from = performance.now();
      await next();
      // The pattern, not the address: ids would make a series each.
      const route = c.req.routePath === '/*' || c.req.routePath === '*' ? 'unmatched' : c.req.routePath;
      requests.inc({ method: c.req.method, route, status: String(c.res.status) });
      seconds.observe({ method: c.req.method, route }, (performance.now() - from) / 1_000);
    },
    expose: async (c) => {
      const [recent, asked] = await Promise.all([measures.recentRuns(), measures.recentResolves()]);
      stages.reset();
      resolves.reset();
      for (const { provider, outcome, code, count } of asked) resolves.set({ provider, outcome, code }, count);
      for (const status of RUN_STATUSES) runs.set({ status }, recent.by_status[status] ?? 0);
      for (const { stage, p50, p95 } of recent.stages) {
        stages.set({ stage, quantile: '0.5' }, p50);
        stages.set({ stage, quantile: '0.95' }, p95);
      }
      return c.body(await register.metrics(), 200, { 'content-type': register.contentType });
    },
  };
}
