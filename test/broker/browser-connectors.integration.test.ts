import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserManifests } from '../../connectors/browser/manifests.ts';
import { withBrowserConnectors } from '../../connectors/browser/registered.ts';
import { digestOfPath } from '../../connectors/driver/digests.ts';
import { loadExternalConnectors } from '../../connectors/registry/external.ts';
import { createRegistry } from '../../connectors/registry/registry.ts';
import { declaredVariables, plainVariables } from '../../domain/connectors/manifest.ts';

let folder = '';
let executable: object = {};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sv0-browser-'));
  executable = { command: '/bin/sh', args: [], read_only_paths: [], sha256: { '/bin/sh': await digestOfPath('/bin/sh') } };
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(...connectors: readonly object[]): Promise<string> {
  const path = join(folder, 'connectors.json');
  await writeFile(path, JSON.stringify({ schema: 'sv0.connectors/1', connectors }));
  return path;
}
const load = async (...connectors: readonly object[]) => await loadExternalConnectors(await fileOf(...connectors), browserManifests);

describe('browser-backed connectors', () => {
  it('CONN-07 CRED-15: amazon, chase, reddit and usaa have entries that take a username and a password, and only the password is a secret', () => {
    const registry = createRegistry(withBrowserConnectors([]));
    expect(registry.list().map(({ manifest }) => manifest.kind)).toEqual(['amazon', 'chase', 'reddit', 'usaa']);
    for (const { manifest } of registry.list()) {
      const prefix = manifest.kind.toUpperCase();
      expect(manifest.credential_kinds.map(({ kind }) => kind)).toEqual(['username_password']);
      expect(declaredVariables(manifest)).toEqual([`${prefix}_PASSWORD`, `${prefix}_USERNAME`]);
      expect(plainVariables(manifest)).toEqual([`${prefix}_USERNAME`]);
    }
  });

  it('CONN-07: where the host has not installed the executable, a launch says so', () => {
    const entry = createRegistry(withBrowserConnectors([])).get('chase');
    expect(() => entry.executable).toThrow(
      expect.objectContaining({ code: 'CONNECTOR_NOT_INSTALLED', actor: 'operator', subject: 'chase' }),
    );
  });

  it('CONN-06 CONN-07: the host’s file brings the executable by its kind, pinned; the manifest stays the release’s', async () => {
    const registry = createRegistry(withBrowserConnectors(await load({ kind: 'chase', executable })));
    expect(registry.get('chase').executable.command).toBe('/bin/sh');
    expect(registry.get('chase').manifest).toBe(browserManifests.find(({ kind }) => kind === 'chase'));
  });

  it.each([
    ['a kind that nobody knows', { kind: 'other' }, 'connectors.0.kind'],
    ['neither kind nor manifest', {}, 'connectors.0.manifest'],
    ['both', { kind: 'chase', manifest: browserManifests[1] }, 'connectors.0.manifest'],
    ['a manifest in place of ours', { manifest: browserManifests[1] }, 'connectors.0.manifest'],
  ])('CONN-07: %s in the host’s file is refused', async (_, entry, field) => {
    await expect(load({ ...entry, executable })).rejects.toMatchObject({ code: 'INVALID_CONNECTORS_FILE', field });
  });
});
