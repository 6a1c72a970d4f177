/** What the credentials page must say to whoever hands over a credential: sentence by sentence, so that none is edited away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'credentials.md'), 'utf8')
  .replaceAll(/[*`]/g, '')
  .replaceAll(/\s+/g, ' ');
const says = (sentences: readonly string[]): void => expect(sentences.filter((sentence) => !page.includes(sentence))).toEqual([]);

describe('docs/credentials.md', () => {
  it('CRED-22: says plainly that the flat environment is not production-grade, why, which controls it fails, and what the bar is', () => {
    says([
      "a crash dump, a debug endpoint or a compromise of the process exposes every tenant's secrets",
      'It fails SOC 2 CC6.1 and CC6.6 and ISO 27001:2022 A.8.15, A.5.15, A.5.17 and A.5.18 for want of a per-tenant boundary',
      'acceptable for development, demos and a few design partners, and for nothing else',
      'The production bar is a vault or federation, plus an audit record per resolve',
      'a worker that is compromised in the middle of a run can see the bundle of that run',
    ]);
  });

  it('CRED-23: says what isolation does not rest on, and what is a deliberate non-goal', () => {
    says([
      'What isolation does not rest on: network segmentation between tenants',
      'the sandbox of a run (it is a second wall, not the first)',
      "the vault's access policy, because one managed identity reads the secrets of all tenants",
      'per-tenant credentials in the binary, of which there are none',
      'Vaults or identities per tenant are a deliberate non-goal at this scale',
    ]);
  });
});
