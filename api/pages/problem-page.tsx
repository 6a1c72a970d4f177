import { document } from '../../ui/components/layout.tsx';
import { type Again, ProblemPage } from '../../ui/pages/problem.tsx';
import type { Problem } from '../problems.ts';

/** The same facts as the API's problem details, as a page; `again` is the form that was sent, where it may be sent once more. */
export function problemPage(problem: Problem, again: Again | null = null): Response {
  const page = (
    <ProblemPage
      title={problem.title}
      detail={problem.detail}
      problems={problem.problems}
      sign_in={problem.code === 'NOT_SIGNED_IN'}
      again={again}
      request_id={problem.request_id}
    />
  );
  return new Response(document(page), { status: problem.status, headers: { 'content-type': 'text/html; charset=UTF-8' } });
}
