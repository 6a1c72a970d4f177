/**
 * A small AWS on loopback: STS, IAM, Lambda and S3 as the SDKs speak them, over one or more accounts. The account is the one
 * whose key signs. It reads: whatever else is asked for is refused and counted in `write_attempts`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../listen.ts';
import type { RunningEmulator } from '../types.ts';
import { loadAuthorizationDetails } from './authorization-details.ts';
import { Callers } from './callers.ts';
import { lambdaError, lambdaService } from './lambda.ts';
import { type AwsNastiness, Nastiness } from './nastiness.ts';
import { queryError, queryService } from './query.ts';
import { AwsRefusal } from './refusal.ts';
import { s3Error, s3Service } from './s3.ts';
import type { Emulation, Service, ServiceAnswer } from './service.ts';
import { readAuthorization } from './signature.ts';
import type { World } from './types.ts';
import { demoWorlds } from './world.ts';

export interface AwsEmulatorOptions {
  /** 0, or left out, for a free one. */
  readonly port?: number;
  /** The accounts; the demo's when left out. */
  readonly worlds?: readonly World[];
  /** Text of what `aws iam get-account-authorization-details` prints: served beside the other accounts, in place of one with the same id. */
  readonly authorizationDetails?: string;
  /** What the demo accounts' dates count from; the start of the current day (UTC) when left out. */
  readonly now?: Date;
  readonly nastiness?: AwsNastiness;
  /** Milliseconds since 1970, for the end of sessions. */
  readonly clock?: () => number;
  /** Letters and digits that stand in every secret that is given out, so that a search finds them all. */
  readonly mark?: string;
}

export interface RunningAwsEmulator extends RunningEmulator {
  readonly worlds: readonly World[];
}

interface Protocol {
  readonly serve: Service;
  readonly refuse: (refusal: AwsRefusal) => ServiceAnswer;
}

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  iam: { serve: queryService('iam'), refuse: queryError },
  sts: { serve: queryService('sts'), refuse: queryError },
  lambda: { serve: lambdaService, refuse: lambdaError },
  s3: { serve: s3Service, refuse: s3Error },
};

/** Throws `InvalidInputError` when the given authorization details are not what the command prints. */
export async function startAwsEmulator(options: AwsEmulatorOptions = {}): Promise<RunningAwsEmulator> {
  const worlds = worldsOf(options);
  const counters: Record<string, number> = {};
  const count = (what: string): void => {
    counters[what] = (counters[what] ?? 0) + 1;
  };
  const callers = new Callers(worlds, options.clock ?? Date.now, options.mark);
  const emulation: Emulation = { worlds, callers, count, nastiness: new Nastiness(options.nastiness ?? {}, count) };
  const listening = await listen((request, response) => void answer(emulation, request, response), options.port);
  return { ...listening, counters, worlds };
}

function worldsOf({ worlds, now, authorizationDetails }: AwsEmulatorOptions): readonly World[] {
  const base = worlds ?? demoWorlds(now ?? new Date(new Date().setUTCHours(0, 0, 0, 0)));
  if (authorizationDetails === undefined) return base;
  const loaded = loadAuthorizationDetails(authorizationDetails);
  return [...base.filter((world) => world.account !== loaded.account), loaded];
}

async function answer(emulation: Emulation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  emulation.count('requests');
  const body = await readBody(request);
  let protocol = PROTOCOLS['s3'] as Protocol;
  let result: ServiceAnswer;
  try {
    protocol = PROTOCOLS[readAuthorization(request).service] ?? protocol;
    const { caller, by } = emulation.callers.authenticate(request, body);
    const url = new URL(request.url ?? '/', 'http://emulator');
    const path = url.pathname
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent);
    result = protocol.serve(emulation, { method: request.method ?? '', path, query: url.searchParams, body, region: by.region, caller });
  } catch (error) {
    const refusal = error instanceof AwsRefusal ? error : new AwsRefusal('InternalFailure', 500);
    emulation.count(`answered:${refusal.code}`);
    result = protocol.refuse(refusal);
  }
  const type = result.type === 'xml' ? 'text/xml' : 'application/json';
  response.writeHead(result.status, {
    'content-type': type,
    'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
    ...result.headers,
  });
  response.end(result.body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
