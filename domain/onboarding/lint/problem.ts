export interface TemplateProblem {
  /** Where in the document: `Resources.ReaderRole.Policies[0].Statement[0].Action[2]`. */
  readonly path: string;
  readonly expected: string;
}

type Document = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Keys that are not among those whose meaning is known. */
export const unknownKeys = (value: Document, known: readonly string[], path: string): readonly TemplateProblem[] =>
  Object.keys(value).flatMap((key) =>
    known.includes(key) ? [] : [{ path: `${path}.${key}`, expected: `nothing but ${known.join(', ')}` }],
  );
