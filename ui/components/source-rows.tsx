/** Every row that proves something: what it is, where it came from and when it was read. */
import type { EntityView, Proof, Sighting } from '../../domain/views/types.ts';
import { entityLink, runLink } from '../links.ts';
import { stepWords } from '../picture/model.ts';
import { rowAnchor } from './picture.tsx';
import { Code, Name, Time } from './text.tsx';

export function SourceRows({ proof, tenant, now }: { proof: Proof; tenant: string; now: Date }) {
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">Source rows</h2>
      {proof.entities.length === 0 ? <p class="quiet">None is in the graph any more.</p> : null}
      <ol class="rows">
        {proof.entities.map((entity) => (
          <li id={rowAnchor(entity.id)}>
            <SourceRow entity={entity} tenant={tenant} now={now} />
          </li>
        ))}
      </ol>
      {proof.truncated ? <p class="quiet">More rows prove it; the evidence pack holds all of them.</p> : null}
    </section>
  );
}

export function SourceRow({ entity, tenant, now }: { entity: EntityView; tenant: string | null; now: Date }) {
  const props = Object.entries(entity.props).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return (
    <>
      <p>
        <b>
          {tenant === null ? (
            <Name text={entity.display_name} limit={160} />
          ) : (
            <a href={entityLink(tenant, entity.id)}>
              <Name text={entity.display_name} limit={160} />
            </a>
          )}
        </b>{' '}
        <span class="quiet">
          <Name text={stepWords(entity.subtype)} limit={64} />, {entity.type}, <Name text={entity.source_system} limit={32} />{' '}
          <Name text={entity.source_tenant} limit={64} />
        </span>
      </p>
      <p class="quiet">
        <Code text={entity.native_id} limit={200} />
      </p>
      {entity.sightings.map((sighting) => (
        <SightingLine sighting={sighting} now={now} />
      ))}
      {props.length === 0 ? null : (
        <details>
          <summary>Fields</summary>
          <dl class="props">
            {props.map(([key, value]) => (
              <div>
                <dt>
                  <Name text={key} limit={64} />
                </dt>
                <dd>
                  <Name text={Array.isArray(value) ? value.map(String).join(', ') : String(value)} limit={500} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function SightingLine({ sighting, now }: { sighting: Sighting; now: Date }) {
  return (
    <p class="quiet">
      Last read <Time at={sighting.last_seen_at} now={now} /> as <Name text={sighting.category} limit={64} /> of scope{' '}
      <Code text={sighting.scope_id} />; unchanged since <a href={runLink(sighting.run_id)}>the run</a> that wrote it; first seen{' '}
      <Time at={sighting.first_seen_at} now={now} />.
    </p>
  );
}
