import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absolute, count, duration, plural, readable, relative } from '../../ui/format.ts';
import { httpLink, runsLink, withQuery } from '../../ui/links.ts';
import { NOW } from './records.ts';

describe('numbers and times', () => {
  it('reads numbers', () => {
    expect([count(0), count(999), count(1000), count(1234567)]).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([plural(1, 'entity', 'entities'), plural(2, 'entity', 'entities'), plural(0, 'run')]).toEqual([
      '1 entity',
      '2 entities',
      '0 runs',
    ]);
  });

  it('says durations in two units at most', () => {
    expect([0, 300, 1000, 59_400, 60_000, 185_000, 3_600_000, 7_860_000, 90_000_000].map(duration)).toEqual([
      '0 s',
      '< 1 s',
      '1 s',
      '59 s',
      '1 min',
      '3 min 5 s',
      '1 h',
      '2 h 11 min',
      '1 d 1 h',
    ]);
  });

  it('says times relative to now, past and future, with the absolute beside', () => {
    const at = (seconds: number): string => relative(new Date(NOW.getTime() - seconds * 1000), NOW);
    expect([0, 42, 200, 7300, 200_000, -40, -7300].map(at)).toEqual([
      'just now',
      '42 s ago',
      '3 min ago',
      '2 h ago',
      '2 d ago',
      'in 40 s',
      'in 2 h',
    ]);
    expect(absolute(NOW)).toBe('2026-11-22 06:30:00 UTC');
  });
});

describe('text from elsewhere', () => {
  it('writes out what cannot be seen', () => {
    expect(readable('invoice\u202Efdp.exe', 50).text).toBe('invoice[U+202E]fdp.exe');
    expect(readable('a\u0000b\u2066c\u200Bd\u{E0041}', 50).text).toBe('a[U+0000]b[U+2066]c[U+200B]d[U+E0041]');
    expect(readable('नमस्ते 👩‍👧 שלום', 50).text).toBe('नमस्ते 👩‍👧 שלום');
  });

  it('cuts by code points, never through one, and says so', () => {
    expect(readable('😀'.repeat(5), 3)).toEqual({ text: '😀😀😀', cut: true });
    expect(readable('😀'.repeat(3), 3)).toEqual({ text: '😀😀😀', cut: false });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.nat(40), (text, limit) => {
        const shown = readable(text, limit);
        expect(shown.text.isWellFormed()).toBe(true);
        expect(shown.text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\p{Cc}]/u);
        expect(shown.cut).toBe(Array.from(text.toWellFormed()).length > limit);
      }),
    );
  });
});

describe('links', () => {
  it('encode every part and leave out what is not chosen', () => {
    expect(runsLink({ tenant: 'a&b=c', status: undefined, scope: '' })).toBe('/operations/runs?tenant=a%26b%3Dc');
    expect(withQuery('/x', {})).toBe('/x');
    expect([httpLink('javascript:alert(1)'), httpLink('http://127.0.0.1:8233'), httpLink(null)]).toEqual([
      null,
      'http://127.0.0.1:8233',
      null,
    ]);
  });
});
