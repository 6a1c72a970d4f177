/** One execution chain: from what starts it to what it reaches, within one source (DATA-06). */
import type { ChainDetail } from '../../domain/views/types.ts';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { Picture } from '../components/picture.tsx';
import { SourceRows } from '../components/source-rows.tsx';
import { Code, Name, Time } from '../components/text.tsx';
import { plural } from '../format.ts';
import { findingsLink } from '../links.ts';

export interface ChainModel {
  readonly frame: PageFrame;
  readonly detail: ChainDetail;
  readonly now: Date;
}

export function ChainPage({ frame, detail, now }: ChainModel) {
  const { chain, proof } = detail;
  const names = new Map(proof.entities.map((entity) => [entity.id, entity.display_name]));
  const nameOf = (id: string | undefined): string => (id === undefined ? '' : (names.get(id) ?? id.slice(0, 12)));
  const ends = [chain.head.open ? 'open at its beginning' : null, chain.tail.open ? 'open at its end' : null].filter(
    (word) => word !== null,
  );
  return (
    <Layout frame={frame}>
      <p class="quiet">
        <a href={findingsLink({ tenant: chain.tenant_id })}>
          Findings of <Name text={detail.tenant_name ?? chain.tenant_id} />
        </a>
      </p>
      <h1>
        Chain from <Name text={nameOf(chain.nodes[0])} /> to <Name text={nameOf(chain.nodes.at(-1))} />
      </h1>
      <p>
        {plural(chain.nodes.length, 'step')} in <Name text={chain.source_system} limit={32} />{' '}
        <Name text={chain.source_tenant} limit={64} />; {ends.length === 0 ? 'whole' : `${ends.join(', ')}: another source may go on there`}
        .{chain.truncated ? ' It was cut at a bound.' : ''}
        {chain.retired_at === null ? '' : ' The last pass no longer found it.'}
      </p>
      <Picture proof={proof} label="How authority flows along the chain, left to right" />
      <SourceRows proof={proof} tenant={chain.tenant_id} now={now} />
      <p class="quiet">
        First seen <Time at={chain.first_seen_at} now={now} />, last seen <Time at={chain.last_seen_at} now={now} />; built by version{' '}
        <Code text={chain.builder_version} /> from graph <Code text={chain.graph_revision} limit={16} />. Chain <Code text={chain.id} />
      </p>
    </Layout>
  );
}
