import fc from 'fast-check';
import parseLinkHeader from 'parse-link-header';
import { describe, expect, it } from 'vitest';
import { parseLinks } from '../../../connectors/sdk/http/links.ts';

describe('parseLinks', () => {
  it("reads GitHub's form", () => {
    const header =
      '<https://api.github.com/repositories/1/issues?page=2>; rel="next", <https://api.github.com/repositories/1/issues?page=5>; rel="last"';
    expect([...parseLinks(header)]).toEqual([
      ['next', 'https://api.github.com/repositories/1/issues?page=2'],
      ['last', 'https://api.github.com/repositories/1/issues?page=5'],
    ]);
  });

  it("reads ServiceNow's form: no blank after the semicolon, commas inside URLs, a prev at offset -1", () => {
    const url = (offset: number) =>
      `https://x.service-now.com/api/now/table/sys_user?sysparm_fields=sys_id,name,active&sysparm_offset=${offset}`;
    const links = parseLinks(`<${url(0)}>;rel="first",<${url(-1)}>;rel="prev",<${url(100)}>;rel="next",<${url(300)}>;rel="last"`);
    expect(links.get('next')).toBe(url(100));
    expect(links.get('prev')).toBe(url(-1));
    expect(links.size).toBe(4);
  });

  it('reads a header of any length, which the library that we do not use gives up on', () => {
    const next = `https://x.service-now.com/api/now/table/t?sysparm_query=${'a,'.repeat(2000)}`;
    const header = `<${next}>;rel="next"`;
    expect(parseLinkHeader(header)).toBeNull();
    expect(parseLinks(header).get('next')).toBe(next);
  });

  it('reads other parameters, quoted commas and semicolons, unquoted and repeated relations, any case', () => {
    expect(parseLinks('<a>; title="x, y; rel=\\"next\\""; REL=Next').get('next')).toBe('a');
    expect([...parseLinks('<a>; rel="prev next"; rel="last"').keys()]).toEqual(['prev', 'next']);
    expect(parseLinks('<a>; rel=next, <b>; rel=next').get('next')).toBe('a');
    expect(parseLinks('<https://e/?a=1,<2>; rel="next"').get('next')).toBe('https://e/?a=1,<2');
  });

  it('takes nothing from what is not a link', () => {
    for (const header of [undefined, '', 'rel="next"', '<a', '<a>', '<a>; rel', 'https://e/?rel=next', '<https://e/?rel=next>']) {
      expect(parseLinks(header).has('next')).toBe(false);
    }
  });

  it('finds every link again, whatever the URLs hold', () => {
    const target = fc.string({ unit: fc.constantFrom(...'abc,;= "/?&%-_1') }).map((rest) => `https://e/${rest}`.trim());
    fc.assert(
      fc.property(fc.array(target, { minLength: 1, maxLength: 5 }), fc.boolean(), (targets, blank) => {
        const header = targets.map((url, index) => `<${url}>;${blank ? ' ' : ''}rel="r${index}"`).join(blank ? ', ' : ',');
        expect([...parseLinks(header)]).toEqual(targets.map((url, index) => [`r${index}`, url]));
      }),
    );
  });

  it('takes any text without hanging', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'<>;,"=\\ rel'), maxLength: 300 }), (text) => void parseLinks(text)));
    expect(() => parseLinks(`<a>${'; x="'.repeat(20_000)}`)).not.toThrow();
  });
});
