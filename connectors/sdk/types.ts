/** What the author of a connector writes: a manifest, a client, and one step per category. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import type { Actor, FailureClass } from '../../domain/errors.ts';
import type { GraphEdge, GraphEntity } from '../../domain/graph/types.ts';
import type { ScopeFile } from '../contract/scope.ts';

/** A failure of a source, classified where it happened. The message must not quote a response body or a credential. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: string;
  readonly class: FailureClass;
  readonly actor: Actor;
  readonly subject?: string;
  constructor(message: string, facts: { code: string; class: FailureClass; actor: Actor; subject?: string }) {
    super(message);
    this.code = facts.code;
    this.class = facts.class;
    this.actor = facts.actor;
    if (facts.subject !== undefined) this.subject = facts.subject;
  }
}

/** Entities and edges without what the SDK fills in: the category, the source system and the source tenant. */
export type EmittedEntity = Omit<GraphEntity, 'category' | 'source_system' | 'source_tenant'> & { readonly source_tenant?: string };
export type EmittedEdge = Omit<GraphEdge, 'category'>;

export interface StepContext<Client> {
  readonly client: Client;
  readonly scope: ScopeFile;
  /** Aborted shortly before the deadline and on SIGTERM. */
  readonly signal: AbortSignal;
  /** Waits while the output file is behind, so that memory stays bounded. */
  entity(entity: EmittedEntity): Promise<void>;
  edge(edge: EmittedEdge): Promise<void>;
  /** Source items looked at (users, repositories, pages of a table): the cell's `items_scanned`. */
  scanned(count: number): void;
  /** Something could not be read: the category goes on and ends `partial`. */
  incomplete(error: SourceError): void;
  /** A line for the log (stderr). Never data, never a secret. */
  log(line: string): void;
}

export interface ConnectorDefinition<Client> {
  readonly manifest: ConnectorManifest;
  /** Makes the client from the scope and the declared variables only; explicit credential objects, never a default chain. */
  connect(scope: ScopeFile, env: Readonly<Record<string, string | undefined>>): Promise<Client> | Client;
  /** What proves a permission of the manifest with the cheapest call, by its name: for a connection test. Throws a `SourceError` when it is refused. */
  readonly checks?: Readonly<Record<string, (client: Client, signal: AbortSignal) => Promise<void>>>;
  /** One per category of the manifest. A thrown `SourceError` fails the category (or makes it `partial` if something was emitted), never the others. */
  readonly steps: Readonly<Record<string, (context: StepContext<Client>) => Promise<void>>>;
}
