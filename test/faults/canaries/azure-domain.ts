/**
 * Azure's own domain, for a process that cannot be told another: a proxy whose one way out is the vault's name, behind which the emulator answers
 * by TLS with a certificate of that name. The vault's client of a real worker goes through it unchanged.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { keyVaultUrl } from '../../../cli/compose/vaults.ts';
import { selfSigned } from '../../broker/federation/certificate.ts';

export interface AzureDomain {
  /** What the worker is started with. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startAzureDomain(environment: string, emulator: string): Promise<AzureDomain> {
  const { hostname } = new URL(keyVaultUrl(environment));
  const { certificate, privateKey } = selfSigned(hostname);
  const folder = await mkdtemp(join(tmpdir(), 'sv0-azure-'));
  const authority = join(folder, 'authority.pem');
  await writeFile(authority, certificate);
  const sockets = new Set<Socket>();
  const kept = <Kind extends Socket>(socket: Kind): Kind => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)));
    return socket;
  };
  const vault = createTlsServer({ cert: certificate, key: privateKey }, (socket) => {
    const upstream = kept(connect(Number(new URL(emulator).port), '127.0.0.1'));
    kept(socket).pipe(upstream).pipe(socket);
  });
  const proxy = createServer().on('connect', ({ url }, socket) => {
    if (url !== `${hostname}:443`) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    vault.emit('connection', kept(socket as Socket));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    environment: {
      SV0_KEY_VAULT: 'managed_identity',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: emulator,
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      NO_PROXY: '127.0.0.1,localhost',
      NODE_EXTRA_CA_CERTS: authority,
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close().closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
