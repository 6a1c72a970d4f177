/**
 * How a client and a worker reach Temporal: the one place, so that none of them speaks plainly where TLS is configured. The settings have
 * the names that Temporal's own tools read (https://docs.temporal.io/references/client-environment-configuration).
 */
import { readFile } from 'node:fs/promises';
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { InvalidInputError, TransientError } from '../../domain/errors.ts';
import type { AppConfig, TemporalTls } from '../config.ts';
import { ownFile } from './keys.ts';

export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

type Reach = Pick<AppConfig, 'temporalAddress' | 'temporalTls'>;

/** Files of a rotated certificate are read at each start of a process: Temporal's SDK keeps them for the life of a connection. */
async function optionsOf({ temporalAddress, temporalTls }: Reach): Promise<{ readonly address: string; readonly tls?: TLSConfig }> {
  const address = temporalAddress ?? 'localhost:7233';
  return temporalTls === undefined ? { address } : { address, tls: await certificates(temporalTls) };
}

async function certificates({ serverName, caFile, certificateFile, keyFile }: TemporalTls): Promise<TLSConfig> {
  return {
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
    ...(caFile === undefined ? {} : { serverRootCACertificate: await pem(caFile, 'TEMPORAL_TLS_SERVER_CA_CERT_PATH') }),
    ...(certificateFile === undefined || keyFile === undefined
      ? {}
      : {
          clientCertPair: {
            crt: await pem(certificateFile, 'TEMPORAL_TLS_CLIENT_CERT_PATH'),
            key: Buffer.from(await ownFile(keyFile, 'TEMPORAL_TLS_CLIENT_KEY_PATH')),
          },
        }),
  };
}

async function pem(file: string, field: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch {
    const expected = 'a PEM file that can be read';
    throw new InvalidInputError(`${field} is not usable: expected ${expected}`, { code: 'INVALID_CONFIGURATION', field, expected });
  }
}

/**
 * For clients. A server that wants a certificate of ours, or has one that we do not trust, does not answer.
 * @throws TransientError `TEMPORAL_UNAVAILABLE`, InvalidInputError `INVALID_CONFIGURATION`
 */
export async function connectToTemporal(reach: Reach, connectTimeoutMs = 10_000): Promise<Connection> {
  const options = await optionsOf(reach);
  return await Connection.connect({ ...options, connectTimeout: connectTimeoutMs }).catch(() => {
    throw unavailable(options.address, reach);
  });
}

/** For workers. @throws as `connectToTemporal` */
export async function connectWorkerToTemporal(reach: Reach): Promise<NativeConnection> {
  const options = await optionsOf(reach);
  return await NativeConnection.connect(options).catch(() => {
    throw unavailable(options.address, reach);
  });
}

/** @throws as `connectToTemporal` */
export async function connectTemporal(config: Reach & Pick<AppConfig, 'temporalNamespace'>): Promise<TemporalClient> {
  const connection = await connectToTemporal(config);
  return { client: new Client({ connection, namespace: config.temporalNamespace }), close: () => connection.close() };
}

const unavailable = (address: string, { temporalTls }: Reach): TransientError =>
  new TransientError(`Temporal does not answer${temporalTls === undefined ? '' : ' over TLS'}`, {
    code: 'TEMPORAL_UNAVAILABLE',
    actor: 'operator',
    subject: address,
  });
