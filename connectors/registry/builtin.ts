/** The connectors of this repository. Only their manifests are imported: the clients are in the bundles that run as children. */
import { join } from 'node:path';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { awsManifest } from '../aws/manifest.ts';
import { entraManifest } from '../entra/manifest.ts';
import { githubManifest } from '../github/manifest.ts';
import { servicenowManifest } from '../servicenow/manifest.ts';
import type { RegisteredConnector } from './registry.ts';

export const builtinManifests: readonly ConnectorManifest[] = [awsManifest, entraManifest, githubManifest, servicenowManifest];

/** `distDir` is where the build puts one self-contained `<kind>.mjs` per connector. */
export function builtinConnectors(distDir: string): readonly RegisteredConnector[] {
  return builtinManifests.map((manifest) => {
    const bundle = join(distDir, `${manifest.kind}.mjs`);
    return { manifest, executable: { command: process.execPath, args: [bundle], readOnlyPaths: [bundle] } };
  });
}
