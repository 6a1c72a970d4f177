/** Why is this true? */
import type { RuleMetadata } from '../../domain/rules/types.ts';
import type { FindingDetail, PackView } from '../../domain/views/types.ts';
import type { FormState } from '../components/fields.tsx';
import { Layout, type PageFrame } from '../components/layout.tsx';
import { SeverityMark } from '../components/marks.tsx';
import { Picture } from '../components/picture.tsx';
import { SourceRows } from '../components/source-rows.tsx';
import { SuppressionForm } from '../components/suppression.tsx';
import { Code, Name, Prose, Time } from '../components/text.tsx';
import { FindingsOf } from '../components/walk.tsx';
import { plural } from '../format.ts';
import { chainLink, packFileLink, pathLink } from '../links.ts';

export interface FindingModel {
  readonly frame: PageFrame;
  readonly detail: FindingDetail;
  /** Undefined when this release has no such rule any more. */
  readonly rule: RuleMetadata | undefined;
  /** The form to suppress it, when it was refused. */
  readonly suppression: FormState | null;
  readonly now: Date;
}

export function FindingPage({ frame, detail, rule, suppression, now }: FindingModel) {
  const { finding, proof } = detail;
  return (
    <Layout frame={frame}>
      <FindingsOf tenant={finding.tenant_id} name={detail.tenant_name} />
      <h1>
        <Name text={finding.title} limit={200} />: <Name text={finding.subject_name} />
      </h1>
      <p>
        <SeverityMark severity={finding.severity} /> <Life detail={detail} now={now} />
      </p>
      <SuppressionForm finding={finding} form={suppression} now={now} />
      <section aria-labelledby="why">
        <h2 id="why">Why this is true</h2>
        {rule === undefined ? null : (
          <p>
            <Prose text={rule.rationale} />
          </p>
        )}
        <Picture proof={proof} label="How authority flows, left to right, one lane per source system" />
        <Facts detail={detail} />
        {proof.paths.map((path) => (
          <p>
            <a href={pathLink(finding.tenant_id, path.id)}>The whole path</a>{' '}
            <span class="quiet">
              {plural(path.nodes.length, 'step')} over <Name text={path.systems.join(', ')} />
            </span>
          </p>
        ))}
        <Chains detail={detail} />
      </section>
      {rule === undefined ? null : (
        <section aria-labelledby="todo">
          <h2 id="todo">What to do</h2>
          <p>
            <Prose text={rule.remediation} />
          </p>
        </section>
      )}
      <Evidence pack={detail.pack} tenant={finding.tenant_id} now={now} />
      <SourceRows proof={proof} tenant={finding.tenant_id} now={now} />
      <RuleNote finding={finding} rule={rule} />
    </Layout>
  );
}

/** Each chain by itself, where no path holds it. */
function Chains({ detail }: { detail: FindingDetail }) {
  const { proof, finding } = detail;
  const stitched = new Set(proof.paths.flatMap((path) => path.segments));
  const names = new Map(proof.entities.map((entity) => [entity.id, entity.display_name]));
  const chains = proof.chains.filter((chain) => !stitched.has(chain.id));
  if (chains.length === 0) return null;
  return (
    <ul>
      {chains.map((chain) => (
        <li>
          <a href={chainLink(finding.tenant_id, chain.id)}>
            The chain from <Name text={names.get(chain.nodes[0] ?? '') ?? 'a row that is gone'} limit={64} /> to{' '}
            <Name text={names.get(chain.nodes.at(-1) ?? '') ?? 'a row that is gone'} limit={64} />
          </a>
        </li>
      ))}
    </ul>
  );
}

function Life({ detail, now }: { detail: FindingDetail; now: Date }) {
  const { finding } = detail;
  return (
    <span>
      {finding.status}, opened <Time at={finding.opened_at} now={now} />
      {finding.reopened_at === null ? null : (
        <>
          , reopened <Time at={finding.reopened_at} now={now} />
        </>
      )}
      {finding.resolved_at === null ? null : (
        <>
          , resolved <Time at={finding.resolved_at} now={now} />
        </>
      )}
      , last seen <Time at={finding.last_seen_at} now={now} />
      {finding.suppression === null ? null : (
        <>
          . Suppressed by <Name text={finding.suppression.author} limit={48} /> until{' '}
          <Time at={new Date(finding.suppression.until)} now={now} />: <Name text={finding.suppression.reason} limit={300} />
        </>
      )}
    </span>
  );
}

function Facts({ detail }: { detail: FindingDetail }) {
  const facts = Object.entries(detail.finding.facts).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (facts.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([key, value]) => (
        <div>
          <dt>
            <Name text={key.replaceAll('_', ' ')} limit={64} />
          </dt>
          <dd>
            <Name text={Array.isArray(value) ? value.join(', ') : String(value)} limit={500} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Evidence({ pack, tenant, now }: { pack: PackView | null; tenant: string; now: Date }) {
  return (
    <section aria-labelledby="evidence">
      <h2 id="evidence">Evidence pack</h2>
      {pack === null ? (
        <p class="quiet">None has been built yet: the next derivation pass builds it.</p>
      ) : (
        <>
          <p>
            <a href={packFileLink(tenant, pack.digest)} download>
              Download the pack
            </a>{' '}
            <span class="quiet">
              JSON, {plural(pack.manifest.entries.length, 'row')}, built <Time at={pack.built_at} now={now} />
              {pack.superseded_at === null ? '' : ', superseded'}
            </span>
          </p>
          <p class="quiet">
            Digest <Code text={pack.digest} />, signed by{' '}
            {pack.envelope.signatures.map((signature) => (
              <Code text={signature.keyid} />
            ))}
          </p>
          <p class="quiet">
            Check it offline with <code>sv0 evidence verify FILE --trusted-keys KEYS</code>; it needs nothing from this server. KEYS is what{' '}
            <code>sv0 evidence keys</code> prints, brought to you by another way than the pack: a pack is never trusted by a key of its own.
          </p>
        </>
      )}
    </section>
  );
}

function RuleNote({ finding, rule }: { finding: FindingDetail['finding']; rule: RuleMetadata | undefined }) {
  const frameworks = Object.entries(rule?.frameworks ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <p class="quiet">
      Rule <Name text={finding.rule_id} limit={64} />, version {finding.rule_version}
      {frameworks.map(([framework, ids]) => `; ${framework} ${ids.join(', ')}`)}. Finding <Code text={finding.id} />
    </p>
  );
}
