/** `docs/rules.md` is made of the registry, so that they cannot differ. */
import { inputName } from './lib/coverage.ts';
import type { Rule } from './types.ts';

export function renderRulesMarkdown(rules: readonly Rule[]): string {
  const table = rules.map((rule) => `| [\`${rule.id}\`](#${rule.id}) | ${rule.severity} | ${rule.title} |`);
  return [
    '# Rules',
    '',
    'Made from the registry by `renderRulesMarkdown` (`domain/rules/docs.ts`); a test compares them. Each rule says `finding`, `clear` or',
    '`not_evaluated` of each subject: what was not read completely is never `clear` (DATA-04).',
    '',
    '| rule | severity | what it says |',
    '|---|---|---|',
    ...table,
    ...rules.flatMap(section),
    '',
  ].join('\n');
}

function section(rule: Rule): readonly string[] {
  const frameworks = Object.keys(rule.frameworks)
    .sort()
    .map((name) => `${name} ${(rule.frameworks[name] ?? []).join(', ')}`);
  return [
    '',
    `## ${rule.id}`,
    '',
    `**${rule.title}** (${rule.severity}, version ${rule.version})`,
    '',
    `- Why: ${rule.rationale}`,
    `- How to fix: ${rule.remediation}`,
    `- Reads: ${rule.reads.length === 0 ? 'the categories that its paths run through' : rule.reads.map((input) => `\`${inputName(input)}\``).join(', ')}`,
    `- One finding per: ${rule.identity_fields.map((field) => `\`${field}\``).join(', ')}`,
    ...(frameworks.length === 0 ? [] : [`- Frameworks: ${frameworks.join('; ')}`]),
  ];
}
