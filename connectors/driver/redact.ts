/**
 * Keeps a run's secrets out of its log. Two nets: every form in which a bundle value can be written down, and the shapes of tokens
 * that the connector minted itself and that nobody told us about (security.md, "logs" and "log tails").
 */
export const MASK = '[redacted]';

/** From this length on, any run of so many characters of a form is masked: a wrapped, cut or split secret is found by its pieces. */
const PIECE = 16;

/** Global; none can backtrack further than linear in the length of a line. */
const SHAPES: readonly RegExp[] = [
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, // JSON Web Tokens
  /\bgh[pousr]_[\w.-]{16,}/g, // GitHub
  /\b(?:ZXlK|Z2h[wv1zy]X)[\w+/=-]{16,}/g, // both of these in base64
  /\bgithub_pat_\w{20,}/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, // AWS access key ids
  /\b(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu|AQoDYXdz)[\w+/=%-]{16,}/g, // AWS session tokens (STS)
  /[\w~.-]{3}\dQ~[\w~.-]{31,34}/g, // Entra client secrets
  /(?<=\b(?:Bearer|Basic|token) )[\w.~+/=-]{16,}/gi,
  /(?<=(?:secret|password|passwd|token|api_?key|access_?key|assertion)["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"'&,;]{8,}/gi,
  /(?<=<[\w:]{0,40}(?:secret|password|token|key)\w{0,20}>)[^<\s]{8,}/gi, // XML, as STS answers
  /(?<=:\/\/)[^\s/@]{1,256}(?=@)/g, // user:password@ of an address
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g,
];

export interface Redactor {
  /** One line, or any text that is looked at as a whole. */
  redact(text: string): string;
}

export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf))].filter((form) => form.length > 0);
  const short = new Set(forms.filter((form) => form.length < PIECE));
  const shortLengths = [...new Set([...short].map((form) => form.length))].sort((a, b) => b - a);
  const pieces = new Set<string>();
  for (const form of forms) for (let at = 0; at + PIECE <= form.length; at += 1) pieces.add(form.slice(at, at + PIECE));
  return {
    redact: (text) => SHAPES.reduce((line, shape) => line.replace(shape, MASK), maskForms(text, pieces, short, shortLengths)),
  };
}

/** Every way in which a value is likely to be printed. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const url = encodeURIComponent(value);
  const strictUrl = url.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const ascii = json.replaceAll(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const urls = [url, strictUrl, strictUrl.replaceAll('%20', '+')];
  return [
    value,
    // A value of several lines is printed as several lines.
    ...value.split(/\r?\n/).filter((line) => line.length >= 8),
    json,
    json.replaceAll('/', '\\/'),
    ascii,
    ...urls,
    ...urls.map((form) => form.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/**
 * Base64 of a text that holds the value (`Basic` of `user:password`) depends on where in its group of three bytes the value begins: all
 * three, without the characters at either end that the neighbours decide.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = Math.floor((padded.length * 8) / 6);
    const inner = padded.toString('base64').slice(Math.ceil((offset * 8) / 6), whole);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function maskForms(text: string, pieces: ReadonlySet<string>, short: ReadonlySet<string>, shortLengths: readonly number[]): string {
  let masked = '';
  let clean = 0;
  let at = 0;
  while (at < text.length) {
    const end = matchEnd(text, at, pieces, short, shortLengths);
    if (end === at) {
      at += 1;
      continue;
    }
    masked += text.slice(clean, at) + MASK;
    at = end;
    clean = end;
  }
  return clean === 0 ? text : masked + text.slice(clean);
}

/** Where what begins at `at` ends, overlapping pieces taken together; `at` itself when nothing begins there. */
function matchEnd(text: string, at: number, pieces: ReadonlySet<string>, short: ReadonlySet<string>, lengths: readonly number[]): number {
  let end = at;
  for (let start = at; start <= end && start < text.length; start += 1) {
    if (pieces.has(text.slice(start, start + PIECE))) {
      end = Math.max(end, start + PIECE);
      continue;
    }
    const length = lengths.find((candidate) => short.has(text.slice(start, start + candidate)));
    if (length !== undefined) end = Math.max(end, start + length);
  }
  return end;
}
