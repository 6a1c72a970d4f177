/** The HTTP application: API, pages, static files. Built from ports, without a socket; `startServer` gives it one. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { randomUUID } from 'node:crypto';
import { assets } from '../ui/assets.ts';
import type { AppEnv } from './context.ts';
import { type AppDeps, APPLY_TIMES, DEFAULT_LIMITS } from './deps.ts';
import { EXPLORER, explorer } from './explorer.ts';
import { health } from './health.ts';
import { registerLive } from './live.ts';
import { createMetrics } from './metrics.ts';
import { limitBody } from './middleware/body.ts';
import { clientAddress } from './middleware/client-address.ts';
import { securityHeaders } from './middleware/headers.ts';
import { checkHost } from './middleware/host.ts';
import { requireRole } from './middleware/identify.ts';
import { checkOrigin, requireBrowserProof } from './middleware/origin.ts';
import { DEFAULT_RATES, rateGuards } from './middleware/rate.ts';
import { openApiDocument } from './openapi.ts';
import { againOf } from './pages/again.ts';
import { registerIntake } from './pages/intake.tsx';
import { registerPages } from './pages/index.ts';
import { pathAndQuery } from './pages/read.ts';
import { HttpRefusal, problemOf, problemResponse } from './problems.ts';
import { problemPage } from './pages/problem-page.tsx';
import { refuseInvalid } from './schemas/common.ts';
import { ROUTES } from './v1/index.ts';

export type App = OpenAPIHono<AppEnv>;

const INGEST = '/api/v1/ingest/';
const APPLY = '/api/v1/apply';

export function createApp(deps: AppDeps): App {
  const limits = deps.limits ?? DEFAULT_LIMITS;
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

  app.use(async (c, next) => {
    c.set('requestId', randomUUID());
    await next();
    c.header('x-request-id', c.var.requestId);
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  app.use(securityHeaders(EXPLORER));
  app.use(checkHost(deps.hosts ?? []));
  app.use(checkOrigin());

  const rates = rateGuards(limits.rates ?? DEFAULT_RATES, clientAddress(deps.trustedProxies ?? []));
  const metrics = createMetrics(deps.measures);
  app.use(metrics.measure);
  app.route('/', health(deps.health));
  app.route('/', assets());

  const [small, whole] = [limitBody(limits.bodyBytes), limitBody(limits.bodyBytes * APPLY_TIMES)];
  app.use((c, next) => (c.req.path.startsWith(INGEST) ? next() : (c.req.path === APPLY ? whole : small)(c, next)));
  app.use(rates.strangers);
  if (deps.signIn !== undefined) app.route('/', deps.signIn);
  if (deps.intake !== undefined) registerIntake(app, { ...deps, intake: deps.intake });
  app.use(requireRole(deps.callers));
  app.use(rates.callers);
  app.use('/operations/*', requireBrowserProof());

  for (const register of ROUTES) register(app, deps);
  app.get('/api/v1/openapi.json', openApiDocument(app, deps.version));
  app.get('/metrics', metrics.expose);
  app.route('/', explorer());
  registerLive(app, deps);
  registerPages(app, deps);

  const methodsOf = methodsByPath(app);
  app.notFound((c) => {
    const methods = methodsOf(c.req.path);
    if (methods.length > 0)
      throw new HttpRefusal(405, 'METHOD_NOT_ALLOWED', `possible at this address: ${methods.join(', ')}`, { allow: methods });
    throw new HttpRefusal(404, 'ROUTE_NOT_FOUND', 'there is nothing at this address');
  });
  app.onError(async (error, c) => {
    if (deps.signIn !== undefined && asksForPage(c, error))
      return c.redirect(`/sign-in?to=${encodeURIComponent(pathAndQuery(c.req.url))}`, 303);
    const problem = problemOf(error, c.var.requestId);
    // The error itself goes to the log, under the id that the answer names; the answer has none of it.
    if (problem.status >= 500)
      deps.log.error(
        { request_id: problem.request_id, code: problem.code, method: c.req.method, route: c.req.routePath, err: error },
        'request failed',
      );
    if (c.req.path.startsWith('/api/') || !wantsHtml(c.req.header('accept'))) return withAdvice(problemResponse(problem), error);
    return withAdvice(problemPage(problem, problem.code === 'NOT_SIGNED_IN' ? await againOf(c) : null), error);
  });
  return app;
}

/** A person without a session who opens a page is led to the sign-in, and comes back. */
const asksForPage = (c: Context, error: unknown): boolean =>
  error instanceof HttpRefusal &&
  error.code === 'NOT_SIGNED_IN' &&
  c.req.method === 'GET' &&
  !c.req.path.startsWith('/api/') &&
  wantsHtml(c.req.header('accept'));

/** What can be asked at an address, of the routes that are there when it is asked first. */
function methodsByPath(app: App): (path: string) => readonly string[] {
  let patterns: readonly { readonly method: string; readonly pattern: RegExp }[] | undefined;
  return (path) => {
    patterns ??= app.routes
      .filter(({ method, path: route }) => method !== 'ALL' && !route.includes('*'))
      .map(({ method, path: route }) => ({ method, pattern: new RegExp(`^${route.replaceAll(/:[a-z_]+/g, '[^/]+')}$`) }));
    return [...new Set(patterns.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
  };
}

function withAdvice(answer: Response, error: unknown): Response {
  if (!(error instanceof HttpRefusal)) return answer;
  if (error.retryAfterSeconds !== undefined) answer.headers.set('retry-after', String(error.retryAfterSeconds));
  if (error.allow !== undefined) answer.headers.set('allow', error.allow.join(', '));
  return answer;
}

const wantsHtml = (accept: string | undefined): boolean => accept?.includes('text/html') ?? false;
