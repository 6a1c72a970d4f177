/** Leaving a finding alone for a while: with a reason, and with an end (DATA-05). */
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import type { FindingView } from '../../domain/views/types.ts';
import { findingLink } from '../links.ts';
import { emptyForm, type FormState, Refusal, TextArea, TextInput } from './fields.tsx';

export function SuppressionForm({ finding, form, now }: { finding: FindingView; form: FormState | null; now: Date }) {
  const address = findingLink(finding.tenant_id, finding.id);
  if (finding.suppression !== null && Date.parse(finding.suppression.until) > now.getTime())
    return (
      <form class="action" method="post" action={`${address}/unsuppress`}>
        <button type="submit">End the suppression</button>
      </form>
    );
  const state = form ?? emptyForm({ until: [new Date(now.getTime() + 30 * 86_400_000).toISOString().slice(0, 10)] });
  return (
    <details class="action" open={form !== null}>
      <summary>Suppress…</summary>
      <Refusal form={state} what="Not suppressed" />
      <form method="post" action={`${address}/suppress`} class="fields">
        <TextArea
          form={state}
          name="reason"
          label="Why it may stay"
          required
          maxlength={TENANCY_LIMITS.reason}
          hint="An auditor reads it."
        />
        <TextInput
          form={state}
          name="until"
          label="Until"
          required
          maxlength={10}
          hint={`A day as 2027-01-31, at most ${TENANCY_LIMITS.suppressionDays} days ahead: then somebody looks again`}
        />
        <p class="wide-field">
          <button type="submit">Suppress the finding</button> <span class="quiet">It stays open and listed, marked as suppressed.</span>
        </p>
      </form>
    </details>
  );
}
