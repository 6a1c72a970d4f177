/** Where the API is and who we are to it: as it was said, as the environment says, else the `npm start` of this folder. */
import { isLoopbackHost } from '../../api/loopback.ts';
import { InvalidInputError } from '../../domain/errors.ts';
import { loadConfig } from '../config.ts';
import { PROJECT } from '../folders.ts';
import { readRunning } from '../services/running.ts';
import type { ApiAddress } from './index.ts';

/** @throws InvalidInputError `API_NOT_FOUND`, `API_ADDRESS_REFUSED`, `API_TOKEN_MISSING` */
export function apiAddress(env: Readonly<Record<string, string | undefined>>, given: string | undefined): ApiAddress {
  const { api, stateDir } = loadConfig(env, PROJECT);
  const url = given ?? api.url;
  if (url === undefined) {
    const running = readRunning(stateDir);
    // The token of the environment belongs to another API, and is not shown to this one.
    if (running !== null) return { url: running.api_url, token: running.api_token };
    throw new InvalidInputError('no API is named, and no `npm start` runs from this folder', {
      code: 'API_NOT_FOUND',
      problems: [
        { field: '--api or SV0_API_URL', expected: 'the address of an API (`sv0 api` serves one), with a token in SV0_API_TOKEN' },
        { field: 'SV0_STATE_DIR', expected: 'the state folder of a running `npm start`' },
      ],
    });
  }
  if (api.token === undefined)
    throw new InvalidInputError('there is no token for this API', {
      code: 'API_TOKEN_MISSING',
      field: 'SV0_API_TOKEN',
      expected: 'a bearer token that the API accepts',
    });
  return { url: originOf(url, given === undefined ? 'SV0_API_URL' : '--api'), token: api.token };
}

/** The token goes there: TLS, but for this machine. */
function originOf(url: string, field: string): string {
  const { protocol, hostname, username, password, origin } = URL.canParse(url) ? new URL(url) : new URL('about:blank');
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
  if (safe && username === '' && password === '') return origin;
  throw new InvalidInputError('this is no address that a token is sent to', {
    code: 'API_ADDRESS_REFUSED',
    field,
    expected: 'an https address; http on this machine only',
  });
}
