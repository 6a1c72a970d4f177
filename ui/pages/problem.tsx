import { Layout } from '../components/layout.tsx';

export interface ProblemModel {
  readonly title: string;
  readonly detail: string;
  readonly problems: readonly { readonly field: string; readonly expected: string }[];
  /** The session is over, or there was none: a form that was sent is still in the browser. */
  readonly sign_in: boolean;
  readonly request_id: string;
}

/** An error, for a person. */
export function ProblemPage(model: ProblemModel) {
  return (
    <Layout frame={{ title: model.title, section: null, user: null, signed_in: false, temporal: null }}>
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
      {model.sign_in ? (
        <p>
          Your session has ended; nothing was changed.{' '}
          <a href="/sign-in" target="_blank" rel="noopener">
            Sign in in another tab
          </a>
          , then come back here with the browser’s Back: what you typed is still there to be sent again.
        </p>
      ) : null}
      <p class="quiet">
        Request <code>{model.request_id}</code>
      </p>
    </Layout>
  );
}
