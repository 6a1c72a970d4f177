/** Lambda: REST and JSON, per region, reads only (Lambda API reference). */
import { AwsRefusal, MESSAGE_CANARY } from './refusal.ts';
import { type Emulation, paged, permit, refuseWrite, type ServiceAnswer, type ServiceRequest } from './service.ts';

export function lambdaService(emulation: Emulation, request: ServiceRequest): ServiceAnswer {
  const { method, path, query, region, caller } = request;
  const [version = '', kind = '', third = ''] = path;
  if (method !== 'GET') refuseWrite(emulation, `lambda:${method} ${kind}`);
  if (version === '2015-03-31' && kind === 'functions' && path.length === 2) {
    permit(emulation, request, 'lambda:ListFunctions');
    const page = paged(emulation, caller.world.functions[region] ?? [], query.get('Marker'), query.get('MaxItems'));
    // Tags are not in the listing.
    return json({ Functions: page.items.map((fn) => ({ ...fn, Tags: undefined })), NextMarker: page.next });
  }
  if (version === '2015-03-31' && kind === 'event-source-mappings' && path.length === 2) {
    permit(emulation, request, 'lambda:ListEventSourceMappings');
    const page = paged(emulation, caller.world.eventSources[region] ?? [], query.get('Marker'), query.get('MaxItems'));
    return json({ EventSourceMappings: page.items, NextMarker: page.next });
  }
  if (version === '2017-03-31' && kind === 'tags' && path.length === 3) {
    permit(emulation, request, 'lambda:ListTags', third);
    const fn = (caller.world.functions[region] ?? []).find((one) => one.FunctionArn === third);
    if (fn === undefined) throw new AwsRefusal('ResourceNotFoundException', 404);
    return json({ Tags: fn.Tags });
  }
  return refuseWrite(emulation, `lambda:${kind}`);
}

const json = (value: unknown): ServiceAnswer => ({ status: 200, type: 'json', body: JSON.stringify(value) });

/** Lambda's own names of what all services refuse for. */
const CODES: Readonly<Record<string, string>> = {
  AccessDenied: 'AccessDeniedException',
  ExpiredToken: 'ExpiredTokenException',
  InternalFailure: 'ServiceException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  Throttling: 'TooManyRequestsException',
};

export function lambdaError(refusal: AwsRefusal): ServiceAnswer {
  const code = CODES[refusal.code] ?? refusal.code;
  const status = refusal.code === 'Throttling' ? 429 : refusal.status;
  return {
    status,
    type: 'json',
    body: JSON.stringify({ Type: 'User', message: MESSAGE_CANARY }),
    headers: { ...refusal.headers, 'x-amzn-errortype': code },
  };
}
