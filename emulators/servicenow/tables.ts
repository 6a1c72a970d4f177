/** The tables of the emulated instance. Every value is a string, as the Table API gives it. */
import { createHash } from 'node:crypto';

export type Row = Readonly<Record<string, string>> & { readonly sys_id: string };

/** Which columns lead to which table: what a dot-walked condition follows. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sys_user_has_role: { user: 'sys_user', role: 'sys_user_role' },
};

export class Tables {
  readonly #rows: ReadonlyMap<string, readonly Row[]>;
  constructor(rows: Readonly<Record<string, readonly Row[]>>) {
    this.#rows = new Map(Object.entries(rows));
  }
  has(table: string): boolean {
    return this.#rows.has(table);
  }
  rows(table: string): readonly Row[] {
    return this.#rows.get(table) ?? [];
  }
  /** `role.name` of a row. */
  walk(table: string, row: Row, path: string): string {
    const [column = '', next] = path.split('.');
    const value = row[column] ?? '';
    if (next === undefined) return value;
    return this.rows(REFERENCES[table]?.[column] ?? '').find((one) => one.sys_id === value)?.[next] ?? '';
  }
}

/** A sys_id that is always the same for a name. */
export const sysId = (name: string): string => createHash('sha256').update(`northwind-servicenow:${name}`).digest('hex').slice(0, 32);

/** A row whose sys_id comes from its table and name, unless it is given. */
export function row(table: string, name: string, values: Readonly<Record<string, string>> = {}): Row {
  return { sys_id: sysId(`${table} ${name}`), name, ...values };
}
