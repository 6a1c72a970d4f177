/** One row of the graph: what it is, where and when it was read, and what is next to it. */
import type { EntityView, Neighbour } from '../../domain/views/types.ts';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { SourceRow } from '../components/source-rows.tsx';
import { Code, Name } from '../components/text.tsx';
import { FindingsOf } from '../components/walk.tsx';
import { entityLink } from '../links.ts';
import { stepWords } from '../picture/model.ts';

export interface EntityModel {
  readonly frame: PageFrame;
  readonly tenant: string;
  readonly tenant_name: string | null;
  readonly entity: EntityView;
  readonly out: readonly Neighbour[];
  readonly into: readonly Neighbour[];
  /** True when it has more neighbours than are listed. */
  readonly more: boolean;
  readonly now: Date;
}

export function EntityPage(model: EntityModel) {
  const { entity, tenant } = model;
  return (
    <Layout frame={model.frame}>
      <FindingsOf tenant={tenant} name={model.tenant_name} />
      <h1>
        <Name text={entity.display_name} limit={200} />
      </h1>
      <SourceRow entity={entity} tenant={null} now={model.now} />
      <Neighbours tenant={tenant} title="From it" id="out" neighbours={model.out} arrow="→" />
      <Neighbours tenant={tenant} title="To it" id="in" neighbours={model.into} arrow="←" />
      {model.more ? <p class="quiet">It has more neighbours than are listed here; the API has all of them.</p> : null}
      <p class="quiet">
        Entity <Code text={entity.id} />
      </p>
    </Layout>
  );
}

function Neighbours({
  tenant,
  title,
  id,
  neighbours,
  arrow,
}: {
  tenant: string;
  title: string;
  id: string;
  neighbours: readonly Neighbour[];
  arrow: string;
}) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {neighbours.length === 0 ? <p class="quiet">Nothing.</p> : null}
      <ul class="changes">
        {neighbours.map(({ edge, entity }) => (
          <li>
            {stepWords(edge.type)} {arrow}{' '}
            <a href={entityLink(tenant, entity.id)}>
              <Name text={entity.display_name} />
            </a>{' '}
            <span class="quiet">
              <Name text={stepWords(entity.subtype)} limit={64} />, <Name text={entity.source_system} limit={32} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
