/** What a chain's page and a path's page have in common: a walk through the graph, its picture and every row of it. */
import type { Child } from 'hono/jsx';
import type { DerivedView, Proof } from '../../domain/views/types.ts';
import { findingsLink } from '../links.ts';
import { Layout, type PageFrame } from './layout.tsx';
import { Picture } from './picture.tsx';
import { SourceRows } from './source-rows.tsx';
import { Code, Name, Time } from './text.tsx';

export interface WalkModel {
  readonly frame: PageFrame;
  readonly what: 'Chain' | 'Path';
  readonly walk: DerivedView & { readonly id: string; readonly truncated: boolean };
  readonly tenant_name: string | null;
  /** The heading, and what is to be said under it. */
  readonly title: Child;
  readonly summary: Child;
  /** Of the picture. */
  readonly label: string;
  readonly proof: Proof;
  readonly now: Date;
}

export function WalkPage({ frame, what, walk, tenant_name, title, summary, label, proof, now }: WalkModel) {
  return (
    <Layout frame={frame}>
      <FindingsOf tenant={walk.tenant_id} name={tenant_name} />
      <h1>{title}</h1>
      <p>
        {summary}.{walk.truncated ? ' It was cut at a bound.' : ''}
        {walk.retired_at === null ? '' : ' The last pass no longer found it.'}
      </p>
      <Picture proof={proof} label={label} />
      <SourceRows proof={proof} tenant={walk.tenant_id} now={now} />
      <p class="quiet">
        First seen <Time at={walk.first_seen_at} now={now} />, last seen <Time at={walk.last_seen_at} now={now} />; built by version{' '}
        <Code text={walk.builder_version} /> from graph <Code text={walk.graph_revision} limit={16} />. {what} <Code text={walk.id} />
      </p>
    </Layout>
  );
}

/** The way back from whatever belongs to a tenant's findings. */
export function FindingsOf({ tenant, name }: { tenant: string; name: string | null }) {
  return (
    <p class="quiet">
      <a href={findingsLink({ tenant })}>
        Findings of <Name text={name ?? tenant} />
      </a>
    </p>
  );
}

/** Names of the rows that are still there; an id's beginning for the others. */
export function namesOf({ entities }: Proof): (id: string | undefined) => string {
  const names = new Map(entities.map((entity) => [entity.id, entity.display_name]));
  return (id) => (id === undefined ? '' : (names.get(id) ?? id.slice(0, 12)));
}
