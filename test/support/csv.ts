/** Rows and their cells, as RFC 4180 has them. */
export function readCsv(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(/((?:"(?:[^"]|"")*",?)+)\r\n/g)].map(([, row = '']) =>
    [...row.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = '']) => cell.replaceAll('""', '"')),
  );
}

/** Whether a spreadsheet would run it: also behind what cannot be seen, which some skip. */
export const isFormula = (cell: string): boolean => /^[=+\-@|%＝＋－＠]/.test(cell.replaceAll(/[^\x21-\x7e＝＋－＠]/g, ''));
