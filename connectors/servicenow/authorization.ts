/** How the connector signs in to the instance: basic (RFC 7617), a client-credentials token (RFC 6749 §4.4), or a token given to it. */
import { type Authorize, createSourceHttp, mintedAuthorization, type SourceHttpOptions, staticAuthorization } from '../sdk/http.ts';
import { SourceError } from '../sdk/types.ts';
import type { ServicenowCredential, ServicenowSettings } from './config.ts';

export function servicenowAuthorization(
  settings: ServicenowSettings,
  credential: ServicenowCredential,
  shared: Omit<SourceHttpOptions, 'baseUrl' | 'authorize'>,
): Authorize {
  switch (credential.kind) {
    case 'access_token':
      return staticAuthorization(`Bearer ${credential.accessToken}`);
    case 'basic':
      return staticAuthorization(`Basic ${Buffer.from(`${credential.username}:${credential.password}`, 'utf8').toString('base64')}`);
    case 'oauth_client': {
      const http = createSourceHttp({ ...shared, baseUrl: settings.instanceUrl, authorize: null });
      return mintedAuthorization(async () => {
        const { body } = await http.mint('/oauth_token.do', {
          authorization: null,
          subject: 'token endpoint',
          form: { grant_type: 'client_credentials', client_id: credential.clientId, client_secret: credential.clientSecret },
        });
        const { access_token: token, expires_in: seconds } = (body ?? {}) as { access_token?: unknown; expires_in?: unknown };
        if (typeof token !== 'string' || token === '' || !(Number(seconds) > 0)) {
          throw new SourceError('the token endpoint answered without a token', {
            code: 'SOURCE_MALFORMED_RESPONSE',
            class: 'persistent',
            actor: 'engineer',
            subject: 'token endpoint',
          });
        }
        return { value: `Bearer ${token}`, expiresAt: Date.now() + Number(seconds) * 1000 };
      });
    }
  }
}
