import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { awsManifest } from '../../../connectors/aws/manifest.ts';
import { entraManifest } from '../../../connectors/entra/manifest.ts';
import { githubManifest } from '../../../connectors/github/manifest.ts';
import { servicenowManifest } from '../../../connectors/servicenow/manifest.ts';
import type { ConnectorManifest } from '../../../domain/connectors/manifest.ts';
import { renderRulesMarkdown } from '../../../domain/rules/docs.ts';
import { PRIVILEGE_INPUTS } from '../../../domain/rules/lib/privileges.ts';
import { RULES } from '../../../domain/rules/registry.ts';
import { SEVERITIES } from '../../../domain/rules/types.ts';
import { ALL_CATEGORIES } from './builder.ts';

const MANIFESTS: readonly ConnectorManifest[] = [awsManifest, entraManifest, githubManifest, servicenowManifest];
const declared = MANIFESTS.flatMap((manifest) => manifest.categories.map((category) => `${manifest.source_system}:${category.name}`));

describe('registry', () => {
  it('has one rule for each file, and a file for each rule', () => {
    const files = readdirSync('domain/rules')
      .filter((name) => /^[a-z0-9_]+\.ts$/.test(name))
      .map((name) => name.slice(0, -3));
    const rules = files.filter((name) => !['changes', 'context', 'docs', 'evaluate', 'registry', 'types'].includes(name));
    expect(RULES.map((rule) => rule.id).sort()).toEqual(rules.sort());
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s says all of itself', (_id, rule) => {
    expect(SEVERITIES).toContain(rule.severity);
    expect(rule.version).toBeGreaterThan(0);
    expect(rule.identity_fields.length).toBeGreaterThan(0);
    for (const text of [rule.title, rule.rationale, rule.remediation]) expect(text.length).toBeGreaterThan(15);
    for (const [framework, controls] of Object.entries(rule.frameworks)) {
      expect(['OWASP-NHI', 'CIS-AWS-3.0.0']).toContain(framework);
      for (const control of controls) expect(control).toMatch(framework === 'OWASP-NHI' ? /^NHI(?:[1-9]|10):2025$/ : /^1\.\d+$/);
    }
  });

  it('DATA-04: rests on categories that connectors declare', () => {
    const read = [...RULES.flatMap((rule) => rule.reads), ...PRIVILEGE_INPUTS].map((input) => `${input.source_system}:${input.category}`);
    expect(read.filter((name) => !declared.includes(name))).toEqual([]);
  });

  it('is tried on graphs that have the categories that connectors declare', () => {
    expect(ALL_CATEGORIES.map(([system, category]) => `${system}:${category}`).sort()).toEqual([...declared].sort());
  });

  it('is documented as it is (`npx vitest run test/domain/rules/registry.test.ts --update` writes it anew)', async () => {
    await expect(renderRulesMarkdown(RULES)).toMatchFileSnapshot('../../../docs/rules.md');
    expect(renderRulesMarkdown(RULES).match(/^## (.+)$/gm)).toEqual(RULES.map((rule) => `## ${rule.id}`));
  });
});
