/** The framework of connectors has no way to write (CONN-08): remediation is another path, with other credentials. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSourceHttp } from '../../connectors/sdk/http.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const sources = readdirSync(join(ROOT, 'connectors'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .sort()
  .map((path) => ({ path: `connectors/${path}`, text: readFileSync(join(ROOT, 'connectors', path), 'utf8') }));
const whereMatches = (pattern: RegExp): readonly string[] => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('connectors', () => {
  it('CONN-08: no connector has a way to write to its source', () => {
    const http = createSourceHttp({ baseUrl: 'https://source.example', authorize: null, userAgent: 'test' });
    // Reading, minting a token, and the same under another signal.
    expect(Object.keys(http).sort()).toEqual(['get', 'mint', 'pages', 'under']);
    const verbs = sources.flatMap(({ text }) => [...text.matchAll(/method: ('[A-Z]+'(?: \| '[A-Z]+')*)/g)].map(([, verb]) => verb ?? ''));
    expect([...new Set(verbs.flatMap((verb) => verb.split(' | ')))].sort()).toEqual([`'GET'`, `'POST'`]);
  });

  it('CONN-08 CONN-03: the commands of an SDK that a connector knows are those that read', () => {
    const commands = [...new Set(sources.flatMap(({ text }) => [...text.matchAll(/\b[A-Z]\w*Command\b/g)].map(([name]) => name)))].sort();
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.filter((name) => !/^(?:Get|List|Describe|Head)[A-Z]/.test(name))).toEqual([]);
  });

  it('CONN-08: what is sent goes through the one client of the framework, and tokens are minted where tokens are dealt with', () => {
    expect(whereMatches(/from 'node:(?:http|https|http2|net|tls|dgram)'|from 'undici'|\bfetch\(/)).toEqual([
      'connectors/sdk/http/request.ts',
      'connectors/sdk/http/wire.ts',
    ]);
    expect(whereMatches(/\.mint\(/)).toEqual(['connectors/entra/token.ts', 'connectors/servicenow/authorization.ts']);
  });
});
