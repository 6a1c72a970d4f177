/** What the run changed: in the graph (DATA-10), and in the findings of the tenant. */
import { SEVERITIES } from '../../domain/rules/types.ts';
import type { PassFinding, RunDetail, SyncSummary } from '../../domain/views/types.ts';
import { count, plural } from '../format.ts';
import { findingLink, findingsLink } from '../links.ts';
import { SeverityMark } from './marks.tsx';
import { Name } from './text.tsx';

const EXAMPLES = 50;

export function RunChanges({ detail }: { detail: RunDetail }) {
  return (
    <>
      <section aria-labelledby="changed">
        <h2 id="changed">What changed in the graph</h2>
        {detail.sync === null ? <p class="quiet">This run has stored no graph.</p> : <Sync sync={detail.sync} />}
      </section>
      <section aria-labelledby="findings">
        <h2 id="findings">Findings changed in its pass</h2>
        <PassFindings detail={detail} />
      </section>
    </>
  );
}

function Sync({ sync }: { sync: SyncSummary }) {
  const rows = [
    ['entities', sync.entities],
    ['edges', sync.edges],
  ] as const;
  const examples = sync.changes.slice(0, EXAMPLES);
  return (
    <>
      <table class="counts">
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col">created</th>
            <th scope="col">changed</th>
            <th scope="col">removed</th>
            <th scope="col">unchanged</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, counts]) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{count(counts.created)}</td>
              <td>{count(counts.updated)}</td>
              <td>{count(counts.removed)}</td>
              <td>{count(counts.unchanged)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sync.dangling_edges === 0 ? null : <p>{plural(sync.dangling_edges, 'edge')} left out: one end was not in the graph.</p>}
      {sync.scrubbed_strings === 0 ? null : <p>{plural(sync.scrubbed_strings, 'value')} looked like a secret and was not stored.</p>}
      {examples.length === 0 ? null : (
        <details>
          <summary>
            {sync.changes_truncated || sync.changes.length > EXAMPLES
              ? `The first ${examples.length} changes`
              : plural(examples.length, 'change')}
          </summary>
          <ul class="changes">
            {examples.map((change) => (
              <li>
                {change.change === 'updated' ? 'changed' : change.change} {change.kind} <Name text={change.name} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const CHANGE_WORDS = { created: 'opened', reopened: 'reopened', updated: 'changed', resolved: 'resolved' } as const;
const CHANGE_ORDER = ['created', 'reopened', 'updated', 'resolved'] as const;

const bySeverity = (a: PassFinding, b: PassFinding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || (a.id < b.id ? -1 : 1);

function PassFindings({ detail }: { detail: RunDetail }) {
  const { run, pass_findings: findings } = detail;
  if (run.derivation_pass === null) return <p class="quiet">No derivation pass has taken this run in.</p>;
  return (
    <>
      {findings.length === 0 ? <p class="quiet">None.</p> : null}
      {CHANGE_ORDER.map((change) => {
        const group = findings.filter((finding) => finding.change === change).sort(bySeverity);
        return group.length === 0 ? null : (
          <>
            <h3>
              {CHANGE_WORDS[change]} ({count(group.length)}
              {detail.pass_findings_more.includes(change) ? ' of more' : ''})
            </h3>
            <ul class="changes">
              {group.map((finding) => (
                <li>
                  <SeverityMark severity={finding.severity} />{' '}
                  <a href={findingLink(run.tenant_id, finding.id)}>
                    <Name text={finding.title} />
                  </a>
                  : <Name text={finding.subject_name} />
                </li>
              ))}
            </ul>
          </>
        );
      })}
      {detail.pass_findings_more.length === 0 ? null : (
        <p class="quiet">
          More than are listed here:{' '}
          <a href={findingsLink({ tenant: run.tenant_id })}>all open findings of the tenant, most severe first</a>.
        </p>
      )}
      {detail.superseded_pass ? (
        <p class="quiet">Later passes have run since; a finding that they changed again is listed with them.</p>
      ) : null}
    </>
  );
}
