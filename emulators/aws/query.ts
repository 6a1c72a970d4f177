/** The query protocol of IAM and STS: a form goes in, XML comes out. */
import { createHash } from 'node:crypto';
import { assumeRole } from './assume-role.ts';
import { iamCall, type QueryResult } from './iam.ts';
import { AwsRefusal, MESSAGE_CANARY } from './refusal.ts';
import { type Emulation, refuseWrite, type ServiceAnswer, type ServiceRequest } from './service.ts';
import { element } from './xml.ts';

const NAMESPACES = { iam: 'https://iam.amazonaws.com/doc/2010-05-08/', sts: 'https://sts.amazonaws.com/doc/2011-06-15/' } as const;

export const queryService =
  (service: 'iam' | 'sts') =>
  (emulation: Emulation, request: ServiceRequest): ServiceAnswer => {
    const params = new URLSearchParams(request.body.toString());
    const action = params.get('Action') ?? '';
    if (request.method !== 'POST' || action === '') throw new AwsRefusal('InvalidAction', 400);
    const result = service === 'iam' ? iamCall(emulation, request, action, params) : stsCall(emulation, request, action, params);
    const body = `${element(`${action}Result`, result)}${element('ResponseMetadata', { RequestId: requestId(request.body) })}`;
    return { status: 200, type: 'xml', body: `<${action}Response xmlns="${NAMESPACES[service]}">${body}</${action}Response>` };
  };

function stsCall(emulation: Emulation, request: ServiceRequest, action: string, params: URLSearchParams): QueryResult {
  const { caller } = request;
  emulation.count(`sts:${action}`);
  emulation.nastiness.check({
    account: caller.world.account,
    action: `sts:${action}`,
    region: request.region,
    resource: '*',
    identity: String(request.body),
  });
  switch (action) {
    case 'GetCallerIdentity':
      return {
        Arn: caller.arn,
        UserId: `AIDA${createHash('sha256').update(caller.arn).digest('hex').slice(0, 17).toUpperCase()}`,
        Account: caller.world.account,
      };
    case 'AssumeRole':
      try {
        const assumed = assumeRole(emulation.worlds, emulation.callers, caller, params);
        emulation.count('sessions_issued');
        if (params.has('Policy')) emulation.count('session_policies');
        return { ...assumed };
      } catch (error) {
        emulation.count('assume_role_refused');
        throw error;
      }
    default:
      return refuseWrite(emulation, `sts:${action}`);
  }
}

export function queryError(refusal: AwsRefusal): ServiceAnswer {
  const error = { Type: refusal.status < 500 ? 'Sender' : 'Receiver', Code: refusal.code, Message: MESSAGE_CANARY };
  const body = `<ErrorResponse>${element('Error', error)}${element('RequestId', requestId(Buffer.from(refusal.code)))}</ErrorResponse>`;
  return { status: refusal.status, type: 'xml', body, headers: refusal.headers };
}

const requestId = (of: Buffer): string => createHash('sha256').update(of).digest('hex').slice(0, 32);
