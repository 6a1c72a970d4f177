/** What is kept out of a log: every form of a known secret, the shapes of unknown ones, wherever a chunk ends. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLogSink } from '../../../connectors/driver/log-lines.ts';
import { createRedactor, formsOf, MASK } from '../../../connectors/driver/redact.ts';

const limits = { logLineLength: 400, logLength: 100_000, logTailLines: 50 };

/** The text as it comes out of the sink when it went in as chunks of these sizes. */
function through(text: string, sizes: readonly number[], secrets: readonly string[], bounds = limits): readonly string[] {
  const lines: string[] = [];
  const stream = createLogSink(createRedactor(secrets), bounds, (line) => lines.push(line)).stream();
  const bytes = Buffer.from(text);
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const end = at + Math.max(1, sizes[index % Math.max(1, sizes.length)] ?? bytes.length);
    stream.push(bytes.subarray(at, end));
    at = end;
  }
  stream.end();
  return lines;
}

/** Of letters that no other part of the test text has, so that a find is a leak. */
const secret = fc
  .string({ minLength: 8, maxLength: 90, unit: fc.constantFrom(...'QZXJqzxj0789/+=&%"\\é€ ') })
  .filter((it) => it.trim().length >= 8);

describe('every form of a known secret', () => {
  test('CRED-07: is masked wherever it stands and however the output is cut into chunks', () => {
    fc.assert(
      fc.property(secret, fc.nat(), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }), (value, pick, sizes) => {
        const forms = formsOf(value).filter((form) => form.length >= 8);
        const form = forms[pick % forms.length] ?? value;
        const out = through(`left ${form} right\n`, sizes, [value]).join('\n');
        expect(out).not.toContain(form);
        expect(out.startsWith('left')).toBe(true);
        expect(out.endsWith('right')).toBe(true);
      }),
    );
  });

  test('CRED-07: includes base64 of a text that holds it, at any offset', () => {
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), fc.boolean(), (value, before, after, url) => {
        const encoded = Buffer.from(before + value + after).toString(url ? 'base64url' : 'base64');
        const out = createRedactor([value]).redact(`> ${encoded} <`);
        // The characters at the ends may mix the secret's first or last byte with its neighbour.
        const inner = Math.floor((Buffer.byteLength(value) * 8) / 6) - 2;
        const longest = Math.max(
          0,
          ...out
            .slice(2, -2)
            .split(MASK)
            .map((rest) => rest.length),
        );
        expect(out).toContain(MASK);
        expect(longest).toBeLessThanOrEqual(encoded.length - inner);
      }),
    );
  });

  test('CRED-07: is found in a line that is far longer than the cap', () => {
    for (const at of [0, 350, 380, 395, 399, 400, 410]) {
      const value = 'Qz0789Xj-Qz0789Xj-Qz0789Xj';
      const [line = ''] = through(`${'a'.repeat(at)}${value}${'b'.repeat(5_000)}\n`, [64], [value]);
      expect(line).not.toContain('Qz');
      expect(line.length).toBeLessThanOrEqual(limits.logLineLength + ' (cut)'.length);
    }
  });

  test('CRED-07: is not cut in two where a line is no longer looked at, whatever before it makes the line shorter', () => {
    const value = 'Qz0789Xj-Qz07';
    const token = 'eyJhbGciOiJSUzI1NiJ9.' + 'aB3'.repeat(200);
    for (const before of [`${token} `, '\u001b[32;1m'.repeat(90), 'another-secret-value-of-the-run '.repeat(20)]) {
      const secrets = [value, 'another-secret-value-of-the-run'];
      for (let at = limits.logLineLength + 512 - value.length - 2; at <= limits.logLineLength + 514; at += 1) {
        const [line = ''] = through(`${before}${'a'.repeat(Math.max(0, at - before.length))}${value} and on\n`, [64], secrets);
        expect(line).not.toContain('Qz');
      }
    }
  });

  test('CRED-07: a long one is found in pieces: wrapped, split over lines, or cut', () => {
    const value = 'Qz0789Xj'.repeat(12);
    const wrapped = Buffer.from(value).toString('base64').replaceAll(/.{32}/g, '$&\n');
    expect(new Set(through(`${wrapped}\n`, [7], [value]).filter((line) => line !== ''))).toEqual(new Set([MASK]));
    expect(createRedactor([value]).redact(`key ${value.slice(5, 40)}…`)).toBe(`key ${MASK}…`);
  });

  test('CRED-07: a control character inside does not hide it', () => {
    expect(through('it is sup\u001b[31mersec\u0000ret-value\n', [3], ['supersecret-value'])).toEqual([`it is ${MASK}`]);
  });

  test('CRED-07: each line of a value of several lines is masked', () => {
    const value = 'first-line-of-it\nsecond-line-of-it\nthird-line-of-it';
    expect(through(`${value}\n`, [5], [value])).toEqual([MASK, MASK, MASK]);
  });
});

describe('tokens that nobody told us about', () => {
  test.each([
    ['a JSON Web Token', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeW5jIn0.c2lnbmF0dXJlLW9mLWl0'],
    ['a GitHub installation token', `ghs_${'a1B2'.repeat(9)}`],
    ['a GitHub user token', `ghp_${'a1B2'.repeat(9)}`],
    ['a fine-grained GitHub token', `github_pat_${'a1B2'.repeat(12)}`],
    ['an AWS session token', `IQoJb3JpZ2luX2VjE${'aB3/+'.repeat(40)}==`],
    ['an AWS access key id', 'ASIAIOSFODNN7EXAMPLE'],
    ['an Entra client secret', `abc8Q~${'xY1.'.repeat(8)}`],
  ])('CRED-07: %s is masked by its shape', (_what, token) => {
    expect(createRedactor([]).redact(`got ${token} today`)).toBe(`got ${MASK} today`);
  });

  test.each([
    ['Authorization: Bearer abcdefghijklmnop1234', 'abcdefghijklmnop1234'],
    ['https://user:hunter2hunter2@host.example/path', 'hunter2'],
    ['{"client_secret": "short-but-named"}', 'short-but-named'],
    ['password=correct-horse', 'correct-horse'],
  ])('CRED-07: %s', (line, value) => {
    expect(createRedactor([]).redact(line)).not.toContain(value);
  });

  test('CRED-07: a private key is masked to its end, in one line or in many', () => {
    const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEowIBAAKCAQEA', 'shortline', '-----END RSA PRIVATE KEY-----'];
    expect(through(`before\n${key.join('\n')}\nafter\n`, [9], [])).toEqual(['before', MASK, MASK, MASK, MASK, 'after']);
    expect(createRedactor([]).redact(`key ${key.join('\\n')} end`)).toBe(`key ${MASK} end`);
    // An escape sequence within its first line does not hide where it begins.
    const coloured = [`-----BEGIN \u001b[1mRSA PRIVATE KEY-----`, ...key.slice(1)];
    expect(through(`${coloured.join('\n')}\nafter\n`, [9], [])).toEqual([MASK, MASK, MASK, MASK, 'after']);
  });

  test('ordinary lines stay readable', () => {
    for (const line of ['iam: succeeded, 1204 items', 'GET /users?page=2 took 31 ms', 'skipped 3 of 17 repositories: token expired']) {
      expect(createRedactor(['some-secret-value']).redact(line)).toBe(line);
    }
  });
});

describe('the size of a log', () => {
  test('lines are capped, the sum is capped, the tail is bounded', () => {
    const lines: string[] = [];
    const sink = createLogSink(createRedactor([]), { logLineLength: 10, logLength: 100, logTailLines: 3 }, (line) => lines.push(line));
    const stream = sink.stream();
    stream.push(Buffer.from(`${'x'.repeat(50)}\n`.repeat(20)));
    stream.end();
    expect(lines[0]).toBe(`${'x'.repeat(10)} (cut)`);
    expect(lines).toHaveLength(6);
    expect(sink.tail()).toEqual(lines.slice(-3));
  });

  test('two streams do not mix their unfinished lines, and a last line without end is kept', () => {
    const lines: string[] = [];
    const sink = createLogSink(createRedactor([]), limits, (line) => lines.push(line));
    const [out, err] = [sink.stream(), sink.stream()];
    out.push(Buffer.from('one '));
    err.push(Buffer.from('two\n'));
    out.push(Buffer.from('more'));
    out.end();
    err.end();
    expect(lines).toEqual(['two', 'one more']);
  });
});
