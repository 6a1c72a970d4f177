/** One stitched path: segments of several systems, joined by exact keys (DATA-07). */
import type { PathDetail, PathView } from '../../domain/views/types.ts';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Picture } from '../components/picture.tsx';
import { SourceRows } from '../components/source-rows.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { plural } from '../format.ts';
import { findingsLink } from '../links.ts';

export interface PathModel {
  readonly frame: PageFrame;
  readonly detail: PathDetail;
  readonly now: Date;
}

const COMPLETENESS: Readonly<Record<PathView['completeness'], string>> = {
  complete: 'complete: both ends are known',
  open_head: 'open at its beginning: what starts it was not found',
  open_tail: 'open at its end: what it reaches was not found',
  open: 'open at both ends',
};

export function PathPage({ frame, detail, now }: PathModel) {
  const { path, proof } = detail;
  const names = new Map(proof.entities.map((entity) => [entity.id, entity.display_name]));
  return (
    <Layout frame={frame}>
      <p class="quiet">
        <a href={findingsLink({ tenant: path.tenant_id })}>
          Findings of <Name text={detail.tenant_name ?? path.tenant_id} />
        </a>
      </p>
      <h1>
        From <Name text={names.get(path.head) ?? path.head.slice(0, 12)} /> to{' '}
        <Name text={names.get(path.tail) ?? path.tail.slice(0, 12)} />
      </h1>
      <p>
        {plural(path.nodes.length, 'step')} over <Name text={path.systems.join(', ')} />; {COMPLETENESS[path.completeness]}.
        {path.truncated ? ' It was cut at a bound.' : ''}
        {path.retired_at === null ? '' : ' The last pass no longer found it.'}
      </p>
      <Picture proof={proof} label="How authority flows, left to right, one lane per source system" />
      <SourceRows proof={proof} tenant={path.tenant_id} now={now} />
      <p class="quiet">
        First seen <Time at={path.first_seen_at} now={now} />, last seen <Time at={path.last_seen_at} now={now} />; built by version{' '}
        <Code text={path.builder_version} /> from graph <Code text={path.graph_revision} limit={16} />. Path <Code text={path.id} />
      </p>
    </Layout>
  );
}
