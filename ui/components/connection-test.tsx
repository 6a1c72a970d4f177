/** UI-04: what the credential may, permission by permission: granted, missing and what to grant, or not known. */
import type { ConnectionTest, PermissionVerdict } from '../../domain/connectors/connection-test.ts';
import { instanceLink } from '../links.ts';
import { State } from './marks.tsx';
import { Code, Name, Time } from './text.tsx';

export function ConnectionTestSection({ instance, result, now }: { instance: string; result: ConnectionTest | null; now: Date }) {
  return (
    <section aria-labelledby="connection">
      <h2 id="connection">Connection test</h2>
      <form class="action" method="post" action={`${instanceLink(instance)}/test`}>
        <button type="submit">Test the connection</button>{' '}
        <span class="quiet">Makes the cheapest calls that prove each permission; reads nothing into the graph. It can take a minute.</span>
      </form>
      {result === null ? null : <Result result={result} now={now} />}
    </section>
  );
}

const ORDER = ['missing', 'unknown', 'granted'] as const;

function Result({ result, now }: { result: ConnectionTest; now: Date }) {
  return (
    <div role="status">
      <p>
        Tested <Time at={new Date(result.tested_at)} now={now} />:{' '}
        {ORDER.map((status) => `${result.permissions.filter((each) => each.status === status).length} ${status}`).join(', ')}.
      </p>
      {result.problem === null ? null : (
        <p class="notice">
          <Name text={result.problem.message} limit={300} /> <Code text={result.problem.code} />
        </p>
      )}
      <ul class="list">
        {ORDER.flatMap((status) => result.permissions.filter((each) => each.status === status)).map((verdict) => (
          <li>
            <Verdict verdict={verdict} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Verdict({ verdict }: { verdict: PermissionVerdict }) {
  return (
    <div class="item">
      <span>
        <State state={verdict.status} /> <Code text={verdict.permission} limit={160} />
      </span>
      <span class="quiet">
        for <Name text={verdict.categories.join(', ')} limit={200} />
      </span>
      <span>{verdict.advice === null ? null : <Name text={verdict.advice} limit={400} />}</span>
    </div>
  );
}
