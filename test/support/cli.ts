/** The API of a pipeline on a port of its own, and the command line against it: within this process, or as one of its own. */
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import type { AppDeps } from '../../api/deps.ts';
import type { RateLimits } from '../../api/middleware/rate.ts';
import { startServer } from '../../api/server.ts';
import { createAdministration } from '../../cli/compose/administration/index.ts';
import { startApi } from '../../cli/compose/api.ts';
import { createIdentity, type Identity } from '../../cli/compose/identity.ts';
import { createLogger } from '../../cli/compose/logger.ts';
import { createSchedules } from '../../cli/compose/schedules.ts';
import { loadConfig } from '../../cli/config.ts';
import { PROJECT } from '../../cli/folders.ts';
import { runCli } from '../../cli/run.ts';
import { createAuditRepository } from '../../storage/mongo/audit.ts';
import { createEvidenceRepository } from '../../storage/mongo/evidence.ts';
import { createGraphRepository } from '../../storage/mongo/graph.ts';
import { createViews } from '../../storage/views/index.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import type { TestDatabase } from './mongo.ts';
import type { TestPipeline } from './pipeline.ts';

export interface Said {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

interface Options {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  readonly token: string;
  /** What comes after the address to sign in once, when the local issuer is there. */
  readonly link: () => string;
  /** The words of a command line, in this process. */
  sv0(words: readonly string[], options?: Options): Promise<Said>;
  /** In a process of its own; `npm run build` first. */
  child(words: readonly string[], options?: Options): Promise<Said>;
  close(): Promise<void>;
}

interface ApiOptions {
  /** Of the product when left out. */
  readonly rates?: RateLimits;
  /** The local issuer's when left out. */
  readonly identity?: Identity;
}

export async function openApi(pipeline: TestPipeline, { rates, identity: given }: ApiOptions = {}): Promise<TestApi> {
  const { storage, client, control, registry, queues, namespace, stateDir, credentials } = pipeline;
  const now = (): Date => new Date();
  const config = { ...loadConfig({}, stateDir), queues, apiPort: 0, temporalNamespace: namespace };
  const identity =
    given ?? (await createIdentity({ config, audit: storage.audit, endedSessions: storage.endedSessions, now, localIssuer: 'always' }));
  const schedules = createSchedules({ client, queues, storage, now });
  const parts = { storage, registry, schedules, control, credentials: credentials.store, audit: storage.audit, now };
  const api = await startApi({
    config,
    storage,
    client,
    control,
    administration: createAdministration(parts),
    identity,
    intake: credentials.intake,
    registry,
    logger: createLogger('error'),
    now,
    ...(rates === undefined ? {} : { rates }),
  });
  const token = (await identity.local?.token()) ?? '';
  const env = {
    SV0_API_URL: api.url,
    SV0_API_TOKEN: token,
    SV0_STATE_DIR: stateDir,
    // Of the commands that need Temporal alone.
    TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
    TEMPORAL_NAMESPACE: namespace,
    SV0_TASK_QUEUE_PIPELINE: queues.pipeline,
  };
  return {
    url: api.url,
    token,
    link: () => identity.local?.link() ?? '',
    sv0: (words, options) => sv0InProcess(words, { ...options, env: { ...env, ...options?.env } }),
    child: (words, options) => sv0Child(words, { ...options, env: { ...env, ...options?.env } }),
    close: api.close,
  };
}

/** Views and audit of a database behind the application under test, on a port of its own: for commands that need no Temporal. */
export async function serveDatabase(
  { collections }: Pick<TestDatabase, 'collections'>,
  deps: Partial<AppDeps> = {},
): Promise<Omit<TestApi, 'token' | 'link'>> {
  const now = deps.now ?? (() => new Date());
  const audit = createAuditRepository(collections);
  const { app } = appUnderTest({
    deps: {
      views: createViews({ collections, graph: createGraphRepository(collections), evidence: createEvidenceRepository(collections), now }),
      audit: { record: async (tenant, entry) => void (await audit.append(tenant, { ...entry, outcome: 'done' })) },
      ...deps,
    },
  });
  const { url, close } = await startServer({ app, host: '127.0.0.1', port: 0, issuerConfigured: false });
  const env = { SV0_API_URL: url, SV0_API_TOKEN: 'of-the-tests' };
  return {
    url,
    sv0: (words, options) => sv0InProcess(words, { ...options, env: { ...env, ...options?.env } }),
    child: (words, options) => sv0Child(words, { ...options, env: { ...env, ...options?.env } }),
    close,
  };
}

/** With exactly this environment. */
export async function sv0InProcess(words: readonly string[], { input = '', env = {} }: Options = {}): Promise<Said> {
  const [out, err] = [gathered(), gathered()];
  const code = await runCli(words, { env, input: Readable.from([Buffer.from(input)]), out: out.stream, err: err.stream });
  return { code, out: out.text(), err: err.text() };
}

/** With exactly this environment, and what a process needs to start. */
export async function sv0Child(words: readonly string[], { input = '', env = {} }: Options = {}): Promise<Said> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(PROJECT, 'dist', 'cli', 'sv0.mjs'), ...words], {
    input,
    reject: false,
    extendEnv: false,
    stripFinalNewline: false,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', NODE_NO_WARNINGS: '1', ...env },
  });
  return { code: exitCode, out: stdout, err: stderr };
}

function gathered(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer | string, _encoding, done) => {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
