/** Makes a rule of its metadata and one function that judges every subject once, proof included. */
import type { Entity } from '../../graph/types.ts';
import type { Explanation, Rule, RuleContext, RuleMetadata, Verdict } from '../types.ts';
import { perContext } from './memo.ts';
import { type Proof, explanationOf } from './proof.ts';

export interface Judgement {
  readonly verdict: Verdict['verdict'];
  readonly subject: Entity;
  /** Left out when the rule has one identity field and that is the subject. */
  readonly identity?: Readonly<Record<string, string>>;
  readonly facts?: NonNullable<Verdict['facts']>;
  readonly missing?: string | undefined;
  /** What proves a finding, beside the subject. */
  readonly proof?: Proof;
}

export function defineRule(
  metadata: RuleMetadata,
  judge: (context: RuleContext) => Iterable<Judgement>,
  mayBeCut?: NonNullable<Rule['mayBeCut']>,
): Rule {
  const judged = perContext((context) => {
    const verdicts: Verdict[] = [];
    const proofs = new Map<string, Proof>();
    for (const judgement of judge(context)) {
      const identity = judgement.identity ?? subjectIdentity(metadata, judgement.subject);
      verdicts.push({
        verdict: judgement.verdict,
        subject: judgement.subject.id,
        identity,
        ...(judgement.facts === undefined ? {} : { facts: judgement.facts }),
        ...(judgement.missing === undefined ? {} : { missing: judgement.missing }),
      });
      if (judgement.verdict === 'finding') proofs.set(proofKey(metadata, identity), judgement.proof ?? {});
    }
    return { verdicts, proofs };
  });
  return {
    ...metadata,
    ...(mayBeCut === undefined ? {} : { mayBeCut }),
    evaluate: (context) => judged(context).verdicts,
    explain: (verdict, context): Explanation => {
      const proof = judged(context).proofs.get(proofKey(metadata, verdict.identity)) ?? {};
      return explanationOf(context, verdict.subject, proof);
    },
  };
}

const proofKey = (metadata: RuleMetadata, identity: Readonly<Record<string, string>>): string =>
  metadata.identity_fields.map((field) => identity[field] ?? '').join('\n');

function subjectIdentity(metadata: RuleMetadata, subject: Entity): Readonly<Record<string, string>> {
  const [field, ...others] = metadata.identity_fields;
  if (field === undefined || others.length > 0) throw new Error(`rule ${metadata.id} has to state its identity`);
  return { [field]: subject.id };
}
