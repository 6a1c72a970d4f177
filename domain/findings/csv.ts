/**
 * Tables as RFC 4180 has them. Every cell is quoted, and one that a spreadsheet would take for a formula begins with an apostrophe
 * (https://owasp.org/www-community/attacks/CSV_Injection): names in here were chosen by whoever owns the source.
 */

/** What spreadsheets begin a formula with, full-width forms too, also behind what cannot be seen; and a tab or a line's end, which they skip. */
const FORMULA = /^(?:[\t\r\n]|[\p{Cc}\p{Cf}\p{Z}\p{M}]*[=+\-@|%＝＋－＠])/u;

export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

export function csvCell(text: string): string {
  const neutral = FORMULA.test(text) ? `'${text}` : text;
  return `"${neutral.replaceAll('"', '""')}"`;
}
