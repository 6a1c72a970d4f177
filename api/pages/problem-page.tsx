import { document } from '../../ui/components/layout.tsx';
import { ProblemPage } from '../../ui/pages/problem.tsx';
import type { Problem } from '../problems.ts';

/** The same facts as the API's problem details, as a page. */
export function problemPage(problem: Problem): Response {
  const page = (
    <ProblemPage
      title={problem.title}
      detail={problem.detail}
      problems={problem.problems}
      sign_in={problem.code === 'NOT_SIGNED_IN'}
      request_id={problem.request_id}
    />
  );
  return new Response(document(page), { status: problem.status, headers: { 'content-type': 'text/html; charset=UTF-8' } });
}
