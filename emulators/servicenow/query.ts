/** Encoded queries of the Table API, as far as a reader needs them: conditions joined by `^`, alternatives by `^OR`, and the order. */
import type { Row, Tables } from './tables.ts';

export class BadQuery extends Error {}

export interface Query {
  matches(row: Row): boolean;
  readonly orderBy: string | null;
}

const OPERATORS = ['ISNOTEMPTY', 'ISEMPTY', 'LIKE', 'IN', '!=', '>', '='] as const;

/** What a real instance does not understand it leaves out, and answers with more rows than were asked for; here it is an error, so that a test notices. */
export function parseQuery(text: string, tables: Tables, table: string): Query {
  const groups: ((row: Row) => boolean)[][] = [];
  let orderBy: string | null = null;
  for (const part of text === '' ? [] : text.split('^')) {
    if (part.startsWith('ORDERBY')) {
      orderBy = part.slice('ORDERBY'.length);
    } else if (part.startsWith('OR') && groups.length > 0) {
      groups.at(-1)?.push(condition(part.slice(2), tables, table));
    } else {
      groups.push([condition(part, tables, table)]);
    }
  }
  return { matches: (row) => groups.every((alternatives) => alternatives.some((test) => test(row))), orderBy };
}

function condition(text: string, tables: Tables, table: string): (row: Row) => boolean {
  const match = new RegExp(`^([a-z_0-9]+(?:\\.[a-z_0-9]+)?)(${OPERATORS.join('|')})(.*)$`, 's').exec(text);
  if (match === null) throw new BadQuery(text);
  const [, path = '', operator, operand = ''] = match;
  const value = (row: Row): string => tables.walk(table, row, path);
  switch (operator) {
    case 'ISNOTEMPTY':
      return (row) => value(row) !== '';
    case 'ISEMPTY':
      return (row) => value(row) === '';
    case 'LIKE':
      return (row) => value(row).toLowerCase().includes(operand.toLowerCase());
    case 'IN': {
      const values = new Set(operand.split(','));
      return (row) => values.has(value(row));
    }
    case '!=':
      return (row) => value(row) !== operand;
    case '>':
      return (row) => value(row) > operand;
    default:
      return (row) => value(row) === operand;
  }
}
