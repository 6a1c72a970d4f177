/**
 * Subjects of OIDC tokens, with what is left open in them: by a source (`*` for any branch) or by a trust (`StringLike`).
 * Two meet when some text matches both. Compared by UTF-16 code unit, case-sensitive, as IAM does.
 */

/** A symbol is a code unit, or one of these. */
const ANY_RUN = -1;
/** Any run without a colon. */
const PART_RUN = -2;
const ANY_ONE = -3;
const COLON = 58;

export interface SubjectPattern {
  readonly symbols: readonly number[];
  /** The text before the first symbol that is not a code unit: all of it when `literal`. */
  readonly prefix: string;
  readonly literal: boolean;
  /** False when a part of it is only known when a request is made (an IAM policy variable). */
  readonly decidable: boolean;
}

export const literalSubject = (text: string): SubjectPattern => ({ symbols: codes(text), prefix: text, literal: true, decidable: true });

/**
 * A subject as a source writes it, with `*` for what it leaves open. A `*` stands for one part, which has no colon: Git forbids it in
 * the name of a ref (git-check-ref-format), GitHub writes it as `%3A` in every other value (docs.github.com, "OpenID Connect reference").
 * Only as the whole end of the subject (`repo:owner/name:*`) it stands for any number of parts.
 */
export function sourceSubject(text: string): SubjectPattern {
  const symbols = codes(text).map((code, n) => {
    if (code !== 42) return code;
    return n === text.length - 1 && (n === 0 || text.charCodeAt(n - 1) === COLON) ? ANY_RUN : PART_RUN;
  });
  return patternOf(symbols, true);
}

/**
 * A value of an IAM string condition. `StringLike` knows `*` and `?`. In both operators `${*}`, `${?}` and `${$}` are those characters, and
 * any other `${…}` is a policy variable: it could stand for anything (IAM user guide, "Policy elements: variables and tags").
 */
export function trustedSubject(op: 'StringEquals' | 'StringLike', value: string): SubjectPattern {
  const symbols: number[] = [];
  let decidable = true;
  for (let n = 0; n < value.length; n += 1) {
    const code = value.charCodeAt(n);
    const end = code === 36 && value[n + 1] === '{' ? value.indexOf('}', n + 2) : -1;
    if (end > 0) {
      const name = value.slice(n + 2, end);
      if (name === '*' || name === '?' || name === '$') symbols.push(name.charCodeAt(0));
      else {
        symbols.push(ANY_RUN);
        decidable = false;
      }
      n = end;
    } else if (op === 'StringLike' && code === 42) symbols.push(ANY_RUN);
    else if (op === 'StringLike' && code === 63) symbols.push(ANY_ONE);
    else symbols.push(code);
  }
  return patternOf(symbols, decidable);
}

/** True when some text matches both. At most the product of the two lengths, after what is equal at both ends is taken off. */
export function meets(a: SubjectPattern, b: SubjectPattern): boolean {
  if (a.literal && b.literal) return a.prefix === b.prefix;
  const left = a.symbols;
  const right = b.symbols;
  let start = 0;
  while (start < left.length && start < right.length && isCode(left[start]) && left[start] === right[start]) start += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && isCode(left[leftEnd - 1]) && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  if (start < leftEnd && start < rightEnd && isCode(left[start]) && isCode(right[start])) return false;
  return reach(left.slice(start, leftEnd), right.slice(start, rightEnd));
}

/**
 * Is the end of both reachable, reading one text in step? State (i, j): `i` symbols of `a` and `j` of `b` are behind us. Every move goes on in
 * one or both, so one sweep over the rows is enough, and only two rows are kept.
 */
function reach(a: readonly number[], b: readonly number[]): boolean {
  const width = b.length + 1;
  let row = new Uint8Array(width);
  let below = new Uint8Array(width);
  row[0] = 1;
  for (let i = 0; i <= a.length; i += 1) {
    const left = a[i];
    for (let j = 0; j < width; j += 1) {
      if (row[j] === 0) continue;
      const right = b[j];
      if (isRun(left)) below[j] = 1;
      if (isRun(right)) row[j + 1] = 1;
      if (left === undefined || right === undefined || !share(left, right)) continue;
      if (isRun(left)) {
        if (!isRun(right)) row[j + 1] = 1;
      } else if (isRun(right)) below[j] = 1;
      else below[j + 1] = 1;
    }
    if (i === a.length) return row[b.length] === 1;
    [row, below] = [below, row];
    below.fill(0);
  }
  return false;
}

/** Whether one code unit can be read by both symbols. */
function share(a: number, b: number): boolean {
  if (isCode(a) && isCode(b)) return a === b;
  if (a === PART_RUN) return b !== COLON;
  if (b === PART_RUN) return a !== COLON;
  return true;
}

const isCode = (symbol: number | undefined): boolean => symbol !== undefined && symbol >= 0;
const isRun = (symbol: number | undefined): boolean => symbol === ANY_RUN || symbol === PART_RUN;

function codes(text: string): number[] {
  const found = new Array<number>(text.length);
  for (let n = 0; n < text.length; n += 1) found[n] = text.charCodeAt(n);
  return found;
}

function patternOf(symbols: readonly number[], decidable: boolean): SubjectPattern {
  const open = symbols.findIndex((symbol) => symbol < 0);
  const known = open < 0 ? symbols : symbols.slice(0, open);
  return { symbols, prefix: known.map((code) => String.fromCharCode(code)).join(''), literal: open < 0, decidable };
}
