/**
 * The linter of onboarding templates (CRED-20; seed 004 §7c): what a customer is asked to grant can read and nothing else. It knows a few forms and
 * refuses whatever it does not know: a resource that it cannot judge is not read-only.
 */
import { cloudFormationProblems, policyProblems, terraformProblems } from './aws.ts';
import { consentProblems, githubProblems } from './applications.ts';
import { isRecord, type TemplateProblem } from './problem.ts';

export type { TemplateProblem } from './problem.ts';

/** Every problem with its place, in the document's order; none when it is read-only. */
export function lintTemplate(document: unknown): readonly TemplateProblem[] {
  if (!isRecord(document)) return [{ path: '$', expected: 'a JSON or YAML object' }];
  if (isRecord(document['manifest']) && 'default_permissions' in document['manifest'])
    return githubProblems(document['manifest'], 'manifest');
  if ('default_permissions' in document) return githubProblems(document, '$');
  if ('requiredResourceAccess' in document) return consentProblems(document, '$');
  if ('Resources' in document) return cloudFormationProblems(document);
  if ('resource' in document) return terraformProblems(document);
  if ('Statement' in document) return policyProblems(document, '$');
  return [
    {
      path: '$',
      expected: 'a CloudFormation or Terraform (JSON) template, an IAM policy, an Entra application manifest, or a GitHub App manifest',
    },
  ];
}
