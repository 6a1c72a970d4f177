/** One stitched path: segments of several systems, joined by exact keys (DATA-07). */
import type { PathDetail, PathView } from '../../domain/views/types.ts';
import type { PageFrame } from '../components/layout.tsx';
import { Name } from '../components/text.tsx';
import { namesOf, WalkPage } from '../components/walk.tsx';
import { plural } from '../format.ts';

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
  const { path, proof, tenant_name } = detail;
  const nameOf = namesOf(proof);
  return (
    <WalkPage
      frame={frame}
      what="Path"
      walk={path}
      tenant_name={tenant_name}
      title={
        <>
          From <Name text={nameOf(path.head)} /> to <Name text={nameOf(path.tail)} />
        </>
      }
      summary={
        <>
          {plural(path.nodes.length, 'step')} over <Name text={path.systems.join(', ')} />; {COMPLETENESS[path.completeness]}
        </>
      }
      label="How authority flows, left to right, one lane per source system"
      proof={proof}
      now={now}
    />
  );
}
