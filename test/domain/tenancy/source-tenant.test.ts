import { expect, test } from 'vitest';
import { sourceTenantSpelling } from '../../../domain/tenancy/source-tenant.ts';

test.each([
  ['a GUID', 'entra', '0B7C3F52-5A0E-4C55-9D8B-6F6A3F1F0A11', [], '0b7c3f52-5a0e-4c55-9d8b-6f6a3f1f0a11'],
  ['an organisation', 'github', 'ACME', [], 'acme'],
  ['a host', 'servicenow', ' Acme.Service-Now.com ', [], 'acme.service-now.com'],
  ['an account has no case', 'aws', '123456789012', [], '123456789012'],
  ['of a source that we do not know only the same text is the same', 'lamps', 'Hall', ['hall'], 'Hall'],
  ['what is stored stays', 'github', 'acme', ['other', 'ACME'], 'ACME'],
  ["the instance's own spelling is the first", 'github', 'Acme', ['ACME', 'acme'], 'ACME'],
])('DATA-02: %s', (_, source, wanted, known, spelled) => {
  expect(sourceTenantSpelling(source, wanted, known)).toBe(spelled);
});
