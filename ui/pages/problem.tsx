import { Layout } from '../components/layout.tsx';

export interface ProblemModel {
  readonly title: string;
  readonly detail: string;
  readonly problems: readonly { readonly field: string; readonly expected: string }[];
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
      <p class="quiet">
        Request <code>{model.request_id}</code>
      </p>
    </Layout>
  );
}
