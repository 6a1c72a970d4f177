/**
 * The child's stdout and stderr: logs and nothing else (CONN-01). Split into lines, redacted, capped per line and in total. A line is
 * redacted as a whole before it is cut, so neither the end of a chunk nor the cap can leave the first half of a secret.
 */
import { StringDecoder } from 'node:string_decoder';
import { MASK, type Redactor } from './redact.ts';
import type { OutputLimits } from './types.ts';

/**
 * Looked at beyond the cap: a piece of a secret is at most 16 characters, a shape at most this. Of a line that goes on behind it, so much of
 * the end is never shown: masks and escape sequences that were taken out make a line shorter, and half a secret there would move before the cap.
 */
const MARGIN = 512;
/** A private key that never ends does not swallow the rest of the log. */
const MAX_KEY_LINES = 200;

/** A line that is nothing but one long word, behind a line that ended in a mask: the rest of a token that was wrapped. */
const CONTINUED = /^[\s"']{0,8}[\w+/=%.~-]{8,}[\s"',]{0,8}$/;
const ENDS_MASKED = /\[redacted\][\s"',]{0,8}$/;

const KEY_BEGIN = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/;
const KEY_END = /-----END [A-Z ]{0,40}PRIVATE KEY-----/;

/** Escape sequences would act on an operator's terminal, and a control character inside a secret would hide it. */
// oxlint-disable-next-line no-control-regex -- they are what is taken out
const CONTROLS = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

export interface LogSink {
  /** One per stream (stdout, stderr): each keeps its own unfinished line. */
  stream(): { push(chunk: Buffer): void; end(): void };
  tail(): readonly string[];
}

type LogLimits = Pick<OutputLimits, 'logLineLength' | 'logLength' | 'logTailLines'>;

export function createLogSink(redactor: Redactor, limits: LogLimits, onLine: (line: string) => void): LogSink {
  const tail: string[] = [];
  let total = 0;
  let closed = false;

  const emit = (line: string): void => {
    if (closed) return;
    total += line.length + 1;
    closed = total > limits.logLength;
    const shown = closed ? '(the log reached its limit; what follows is dropped)' : line;
    tail.push(shown);
    if (tail.length > limits.logTailLines) tail.shift();
    onLine(shown);
  };

  return {
    tail: () => [...tail],
    stream: () => {
      const decoder = new StringDecoder('utf8');
      const keep = limits.logLineLength + MARGIN;
      let line = '';
      let keyLines = 0;
      let masked = false;

      const finish = (): void => {
        const unfinished = line.length === keep;
        const plain = line.replaceAll(CONTROLS, '');
        line = '';
        if (closed) return;
        const inKey = keyLines > 0;
        if (inKey) keyLines = KEY_END.test(plain) || keyLines > MAX_KEY_LINES ? 0 : keyLines + 1;
        else if (KEY_BEGIN.test(plain) && !KEY_END.test(plain)) keyLines = 1;
        const text = inKey || (masked && CONTINUED.test(plain)) ? MASK : redactor.redact(plain);
        masked = ENDS_MASKED.test(text);
        const end = unfinished && text !== MASK ? Math.max(0, text.length - MARGIN) : text.length;
        const most = Math.min(limits.logLineLength, end);
        emit(text.length > most ? `${text.slice(0, most)} (cut)` : text);
      };

      const take = (text: string): void => {
        if (closed) return;
        const parts = text.split('\n');
        for (const [index, part] of parts.entries()) {
          if (line.length < keep) line += part.slice(0, keep - line.length);
          if (index < parts.length - 1) finish();
        }
      };

      return {
        push: (chunk) => take(decoder.write(chunk)),
        end: () => {
          take(decoder.end());
          if (line !== '') finish();
        },
      };
    },
  };
}
