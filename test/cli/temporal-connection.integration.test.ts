/** A Temporal frontend that wants TLS and a certificate of ours: a proxy of that kind before the test run's server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareNamespace } from '../../cli/compose/namespace.ts';
import { ownSecretFiles } from '../../cli/compose/own-secrets.ts';
import { connectTemporal, connectToTemporal, connectWorkerToTemporal } from '../../cli/compose/temporal-connection.ts';
import { loadConfig } from '../../cli/config.ts';
import { certify, type Identity } from '../support/certificates.ts';

const [ours, theirs] = [certify('our authority'), certify('another authority')];
const frontend = certify('frontend', ours);
const worker = certify('worker', ours);
const upstream = new URL(`tcp://${process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? ''}`);
/** Who came through, by the name in the certificate. */
const seen: unknown[] = [];
const proxy = createServer(
  {
    cert: frontend.certificate,
    key: frontend.key,
    ca: ours.certificate,
    requestCert: true,
    rejectUnauthorized: true,
    ALPNProtocols: ['h2'],
  },
  (inner: TLSSocket) => {
    seen.push(inner.getPeerCertificate().subject.CN);
    const outer = connect(Number(upstream.port), upstream.hostname);
    for (const socket of [inner, outer]) socket.on('error', () => socket.destroy());
    inner.pipe(outer).pipe(inner);
  },
);
let folder = '';
let address = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-tls-'));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.close();
  await rm(folder, { recursive: true, force: true });
});

const file = async (name: string, text: string, mode = 0o600): Promise<string> => {
  await writeFile(join(folder, name), text, { mode });
  return join(folder, name);
};

/** The settings of a host, as its environment has them. */
async function settings({ authority = ours, identity = worker }: { authority?: Identity; identity?: Identity | null } = {}) {
  return {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: await file(`${authority.name}.pem`, authority.certificate),
    ...(identity === null
      ? {}
      : {
          TEMPORAL_TLS_CLIENT_CERT_PATH: await file(`${identity.name}.pem`, identity.certificate),
          TEMPORAL_TLS_CLIENT_KEY_PATH: await file(`${identity.name}.key`, identity.key),
        }),
  };
}
const refused = { name: 'TransientError', code: 'TEMPORAL_UNAVAILABLE', actor: 'operator' };

describe('a connection to Temporal', () => {
  it('goes over TLS with our certificate, for clients and for workers', async () => {
    const config = loadConfig(await settings(), folder);
    const { client, close } = await connectTemporal(config);
    expect((await client.workflowService.getSystemInfo({})).serverVersion).not.toBe('');
    await expect(prepareNamespace(client, 'nowhere')).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION', field: 'TEMPORAL_NAMESPACE' });
    await close();
    const connection = await connectWorkerToTemporal(config);
    await connection.close();
    expect(new Set(seen)).toEqual(new Set(['worker']));
  });

  it('is not made without our certificate, with one that nobody knows, or to a frontend that we do not trust', async () => {
    const before = seen.length;
    const others = [
      await settings({ identity: null }),
      await settings({ identity: certify('stranger', theirs) }),
      await settings({ authority: theirs }),
      { TEMPORAL_ADDRESS: address },
    ];
    const attempts = others.map((environment) => connectToTemporal(loadConfig(environment, folder), 1_500));
    for (const attempt of await Promise.allSettled(attempts)) expect(attempt).toMatchObject({ status: 'rejected', reason: refused });
    await expect(connectWorkerToTemporal(loadConfig(others[2] ?? {}, folder))).rejects.toMatchObject(refused);
    expect(seen).toHaveLength(before);
  });

  it('takes half a pair, TLS that is switched off beside its files, and a key that others can read for a mistake', async () => {
    const whole = await settings();
    const wrong = (change: Record<string, string>, field: string) =>
      expect(() => loadConfig({ ...whole, ...change }, folder)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION', field }));
    wrong({ TEMPORAL_TLS_CLIENT_CERT_PATH: '' }, 'TEMPORAL_TLS_CLIENT_CERT_PATH');
    wrong({ TEMPORAL_TLS_CLIENT_KEY_PATH: '' }, 'TEMPORAL_TLS_CLIENT_KEY_PATH');
    wrong({ TEMPORAL_TLS: 'false' }, 'TEMPORAL_TLS');
    const open = { ...whole, TEMPORAL_TLS_CLIENT_KEY_PATH: await file('open.key', worker.key, 0o644) };
    const gone = { ...whole, TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'gone.pem') };
    for (const environment of [open, gone])
      await expect(connectToTemporal(loadConfig(environment, folder))).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    expect(loadConfig({ TEMPORAL_TLS: 'true' }, folder).temporalTls).toBeDefined();
    expect(loadConfig({}, folder).temporalTls).toBeUndefined();
  });

  it('CRED-09: hides the key from connectors', async () => {
    const environment = await settings();
    expect(await ownSecretFiles(loadConfig(environment, folder), {})).toContain(environment.TEMPORAL_TLS_CLIENT_KEY_PATH);
  });
});
