/** Which connectors there are, and how each is started. The composition root fills it; nothing here knows a source. */
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import type { ConnectorExecutable } from '../contract/executable.ts';
import { manifestSchema } from './manifest-schema.ts';
import { problemsOf } from './problems.ts';

export interface RegisteredConnector {
  readonly manifest: ConnectorManifest;
  readonly executable: ConnectorExecutable;
}

export interface ConnectorRegistry {
  /** Throws `CONNECTOR_NOT_FOUND`. */
  get(kind: string): RegisteredConnector;
  has(kind: string): boolean;
  /** In the order of their kinds. */
  list(): readonly RegisteredConnector[];
}

/** Refuses malformed manifests and a kind that is registered twice (`INVALID_MANIFEST`, with every problem). */
export function createRegistry(entries: readonly RegisteredConnector[]): ConnectorRegistry {
  const byKind = new Map<string, RegisteredConnector>();
  for (const entry of entries) {
    const parsed = manifestSchema.safeParse(entry.manifest);
    if (!parsed.success) throw invalidManifest(problemsOf(parsed.error, `connectors.${safeKind(entry.manifest.kind)}`));
    if (byKind.has(entry.manifest.kind)) {
      throw invalidManifest([{ field: `connectors.${entry.manifest.kind}`, expected: 'a kind that is registered once' }]);
    }
    byKind.set(entry.manifest.kind, entry);
  }
  const sorted = [...byKind.values()].sort((a, b) => (a.manifest.kind < b.manifest.kind ? -1 : 1));
  return {
    get: (kind) => {
      const found = byKind.get(kind);
      if (found === undefined) throw new NotFoundError('connector', safeKind(kind));
      return found;
    },
    has: (kind) => byKind.has(kind),
    list: () => sorted,
  };
}

function invalidManifest(problems: ReturnType<typeof problemsOf>): InvalidInputError {
  return new InvalidInputError(`a connector's manifest is not valid: ${problems.map((it) => `${it.field}: ${it.expected}`).join('; ')}`, {
    code: 'INVALID_MANIFEST',
    ...problems[0],
    problems,
  });
}

const safeKind = (kind: unknown): string => (typeof kind === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(kind) ? kind : '(malformed)');
