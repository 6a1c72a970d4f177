/**
 * Connectors from outside the repository (CONN-06), in any language. They come from one JSON file of the host's configuration and from
 * nowhere else; everything that they are started from is pinned by its digest, which is checked here and again at every launch.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { InvalidInputError, type InputProblem } from '../../domain/errors.ts';
import { verifyPins } from '../driver/digests.ts';
import { manifestSchema } from './manifest-schema.ts';
import { problemsOf } from './problems.ts';
import type { RegisteredConnector } from './registry.ts';

export const EXTERNAL_SCHEMA = 'sv0.connectors/1';

const absolutePath = z
  .string()
  .max(1024)
  .refine((path) => isAbsolute(path) && !path.includes('='), 'an absolute path without "="');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const externalConnector = z
  .strictObject({
    /** Of a connector that this release knows nothing of. */
    manifest: manifestSchema.optional(),
    /** A kind whose manifest is this release's, and whose executable is the host's. */
    kind: z.string().max(64).optional(),
    executable: z.strictObject({
      command: absolutePath,
      args: z.array(z.string().max(1024)).max(64),
      read_only_paths: z.array(absolutePath).max(64),
      sha256: z.record(absolutePath, sha256),
    }),
  })
  .superRefine(({ manifest, kind, executable }, context) => {
    if ((manifest === undefined) === (kind === undefined)) {
      context.addIssue({ code: 'custom', path: ['manifest'], message: 'either a manifest or the kind of one that is known here' });
    }
    for (const path of pinnedPaths(executable)) {
      if (!Object.hasOwn(executable.sha256, path)) {
        context.addIssue({ code: 'custom', path: ['executable', 'sha256'], message: `a digest of ${path}` });
      }
    }
  });

const externalFile = z.strictObject({ schema: z.literal(EXTERNAL_SCHEMA), connectors: z.array(externalConnector) });

/** What runs or is read as code: the command, every argument that is a path, and everything that is made visible for it. */
function pinnedPaths(executable: { command: string; args: readonly string[]; read_only_paths: readonly string[] }): readonly string[] {
  return [...new Set([executable.command, ...executable.args.filter((arg) => isAbsolute(arg)), ...executable.read_only_paths])];
}

/**
 * `known`: manifests of this release whose executable the host brings. Throws `INVALID_CONNECTORS_FILE` with every problem, and
 * `CONNECTOR_DIGEST_MISMATCH` for a file that is not the one registered.
 */
export async function loadExternalConnectors(
  path: string,
  known: readonly ConnectorManifest[] = [],
): Promise<readonly RegisteredConnector[]> {
  const parsed = externalFile.safeParse(await readJson(path));
  if (!parsed.success) throw invalidFile(problemsOf(parsed.error));
  const connectors = parsed.data.connectors.map(({ manifest, kind, executable }, index) => ({
    manifest: manifestOf(known, manifest as ConnectorManifest | undefined, kind, index),
    executable: {
      command: executable.command,
      args: executable.args,
      readOnlyPaths: [...new Set([...executable.args.filter((arg) => isAbsolute(arg)), ...executable.read_only_paths])].sort(),
      pins: executable.sha256,
    },
  }));
  for (const connector of connectors) await verifyPins(connector.executable.pins);
  return connectors;
}

/** Of a known kind the credentials' mapping is ours (CRED-15): a manifest from the host cannot take its place. */
function manifestOf(
  known: readonly ConnectorManifest[],
  own: ConnectorManifest | undefined,
  kind: string | undefined,
  index: number,
): ConnectorManifest {
  const ours = known.find((manifest) => manifest.kind === (kind ?? own?.kind));
  if (kind !== undefined && ours !== undefined) return ours;
  if (own !== undefined && ours === undefined) return own;
  const kinds = known.map((manifest) => manifest.kind).join(', ') || '(none)';
  throw invalidFile([
    kind === undefined
      ? { field: `connectors.${index}.manifest`, expected: 'only "kind", as this release has the manifest' }
      : { field: `connectors.${index}.kind`, expected: `one of ${kinds}` },
  ]);
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw invalidFile([{ field: '$', expected: 'a file that can be read' }]);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw invalidFile([{ field: '$', expected: 'one JSON document' }]);
  }
}

function invalidFile(problems: readonly InputProblem[]): InvalidInputError {
  return new InvalidInputError(
    `the file of external connectors is not valid: ${problems.map((it) => `${it.field}: ${it.expected}`).join('; ')}`,
    {
      code: 'INVALID_CONNECTORS_FILE',
      ...problems[0],
      problems,
    },
  );
}
