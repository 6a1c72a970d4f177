/**
 * One configuration for every AWS client. The SDK looks up whatever is left out in the environment, in `~/.aws` and at the
 * metadata address (AWS SDKs Reference Guide, "Settings reference"), so everything that it would look up is stated here.
 */
import { parseBaseUrl, type PinnedAddress, pinAddresses } from '../sdk/http/address.ts';
import { pinnedLookup } from '../sdk/http/request.ts';
import type { AwsCredentials } from './settings.ts';

/** Five attempts: with the SDK's throttling delays of up to 1, 2, 4 and 8 s, about the time that AWS needs to let a quiet client in again. */
const MAX_ATTEMPTS = 5;

export interface ExplicitConfig {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly endpoint: PinnedEndpoint | null;
}

/** An endpoint of the instance's own, whose addresses were judged once (CONN-05): connections go to these and to no later answer of a resolver. */
export interface PinnedEndpoint {
  readonly url: string;
  readonly addresses: readonly PinnedAddress[];
}

/** Throws a `SourceError` when the address is not one that the instance may use. */
export async function pinEndpoint(url: string, allowPrivate: boolean): Promise<PinnedEndpoint> {
  return { url, addresses: await pinAddresses(parseBaseUrl(url, allowPrivate), allowPrivate) };
}

export function explicitConfig({ credentials, region, endpoint }: ExplicitConfig) {
  const agent = { keepAlive: true, maxSockets: 50, ...(endpoint === null ? {} : { lookup: pinnedLookup(endpoint.addresses) }) };
  return {
    region,
    credentials: { ...credentials },
    credentialDefaultProvider: () => () => Promise.reject(new Error('no credential is looked up')),
    ...(endpoint === null ? {} : { endpoint: endpoint.url }),
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    authSchemePreference: [],
    userAgentAppId: 'sv0-pipeline',
    defaultsMode: 'standard' as const,
    retryMode: 'standard',
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, httpAgent: agent, httpsAgent: agent },
  };
}

/** What only S3 looks up. Path style where a custom endpoint has no names for buckets. */
export function explicitS3Config(config: ExplicitConfig) {
  return {
    ...explicitConfig(config),
    forcePathStyle: config.endpoint !== null,
    followRegionRedirects: config.endpoint === null,
    useArnRegion: false,
    disableMultiregionAccessPoints: true,
    disableS3ExpressSessionAuth: true,
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
    sigv4aSigningRegionSet: [config.region],
  };
}
