/** One execution chain: from what starts it to what it reaches, within one source (DATA-06). */
import type { ChainDetail } from '../../domain/views/types.ts';
import type { PageFrame } from '../components/layout.tsx';
import { Name } from '../components/text.tsx';
import { namesOf, WalkPage } from '../components/walk.tsx';
import { plural } from '../format.ts';

export interface ChainModel {
  readonly frame: PageFrame;
  readonly detail: ChainDetail;
  readonly now: Date;
}

export function ChainPage({ frame, detail, now }: ChainModel) {
  const { chain, proof, tenant_name } = detail;
  const nameOf = namesOf(proof);
  const ends = [chain.head.open ? 'open at its beginning' : null, chain.tail.open ? 'open at its end' : null].filter(
    (word) => word !== null,
  );
  return (
    <WalkPage
      frame={frame}
      what="Chain"
      walk={chain}
      tenant_name={tenant_name}
      title={
        <>
          Chain from <Name text={nameOf(chain.nodes[0])} /> to <Name text={nameOf(chain.nodes.at(-1))} />
        </>
      }
      summary={
        <>
          {plural(chain.nodes.length, 'step')} in <Name text={chain.source_system} limit={32} />{' '}
          <Name text={chain.source_tenant} limit={64} />;{' '}
          {ends.length === 0 ? 'whole' : `${ends.join(', ')}: another source may go on there`}
        </>
      }
      label="How authority flows along the chain, left to right"
      proof={proof}
      now={now}
    />
  );
}
