import { Hidden } from '../components/fields.tsx';
import { Layout } from '../components/layout.tsx';

export interface ProblemModel {
  readonly title: string;
  readonly detail: string;
  readonly problems: readonly { readonly field: string; readonly expected: string }[];
  /** The session is over, or there was none. */
  readonly sign_in: boolean;
  readonly again: Again | null;
  readonly request_id: string;
}

/** What was typed, without what is secret. */
export interface Again {
  readonly action: string;
  readonly fields: readonly (readonly [name: string, values: readonly string[]])[];
  readonly left_out: boolean;
}

/** An error, for a person. */
export function ProblemPage(model: ProblemModel) {
  return (
    <Layout frame={{ title: model.title, section: null, user: null, signed_in: false, store_key_kept: false, temporal: null }}>
      <h1>{model.title}</h1>
      <p>{model.detail}</p>
      {model.problems.length === 0 ? null : (
        <ul>
          {model.problems.map((problem) => (
            <li>
              <code>{problem.field}</code>: {problem.expected}
            </li>
          ))}
        </ul>
      )}
      {model.sign_in ? <SessionOver again={model.again} /> : null}
      <p class="quiet">
        Request <code>{model.request_id}</code>
      </p>
    </Layout>
  );
}

function SessionOver({ again }: { again: Again | null }) {
  return (
    <>
      <p>
        Your session has ended; nothing was changed.{' '}
        <a href="/sign-in" target="_blank" rel="noopener">
          Sign in in another tab
        </a>
        {again === null ? '.' : ', then send it again: what you typed is kept on this page.'}
      </p>
      {again === null ? null : (
        <form method="post" action={again.action}>
          {again.fields.flatMap(([name, values]) => values.map((value) => <Hidden name={name} value={value} />))}
          {again.left_out ? <p class="quiet">Only the credential itself is not kept: it has to be entered once more.</p> : null}
          <p>
            <button type="submit">Send it again</button>
          </p>
        </form>
      )}
    </>
  );
}
