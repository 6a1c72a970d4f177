/** The queries that a database client sends, by their shape, and whether an index serves them. */
import type { Db, Document, MongoClient } from 'mongodb';

export interface Query {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

/** By its shape: which fields are asked for by which operators, not for which values. The client needs `monitorCommands`. */
export function watchQueries(client: MongoClient): ReadonlyMap<string, Query> {
  const queries = new Map<string, Query>();
  const keep = (collection: unknown, filter: Document = {}, sort: Document = {}): void => {
    if (typeof collection !== 'string' || collection.startsWith('artifacts.')) return;
    queries.set(JSON.stringify([collection, shapeOf(filter), sort]), { collection, filter, sort });
  };
  client.on('commandStarted', ({ commandName, command }) => {
    const of = command[commandName];
    if (commandName === 'find') keep(of, command['filter'], command['sort']);
    if (commandName === 'findAndModify') keep(of, command['query'], command['sort']);
    if (commandName === 'aggregate') keep(of, command['pipeline'][0]?.['$match']);
    for (const write of [...(command['updates'] ?? []), ...(command['deletes'] ?? [])]) keep(of, write.q);
  });
  return queries;
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null || value instanceof Date) return 0;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]));
}

const told = ({ collection, filter, sort }: Query): string => `${collection} ${JSON.stringify(shapeOf(filter))} ${JSON.stringify(sort)}`;

/**
 * Not only by the tenant: at least two fields of the filter (all, where there are fewer) are the beginning of the index. What differs from
 * one value (`$ne`) bounds no walk, and is not asked to.
 */
function serves(fields: readonly string[], filter: Document): boolean {
  const asked = new Set(Object.keys(filter).filter((field) => !field.startsWith('$')));
  const end = fields.findIndex((field) => !asked.has(field));
  const bounding = [...asked].filter((field) => !Object.keys(filter[field] ?? {}).includes('$ne'));
  return (end === -1 ? fields.length : end) >= Math.min(2, bounding.length);
}

/** Every collection has the index on `_id`; the list of all tenants reads the tenants' own collection in that order. */
const servedById = ({ collection, filter }: Query): boolean =>
  '_id' in filter || (collection === 'tenants' && Object.keys(filter).length === 0);

/** The queries whose filter begins no index, in words. */
export async function withoutIndex(db: Db, queries: Iterable<Query>): Promise<readonly string[]> {
  const without: string[] = [];
  for (const query of queries) {
    const indexes: Document[] = await db.collection(query.collection).indexes();
    if (!servedById(query) && !indexes.some(({ key }) => serves(Object.keys(key), query.filter))) without.push(told(query));
  }
  return without;
}

/** The queries of which the server itself says that it reads the whole collection; none where its `explain` does not tell. */
export async function collectionScans(db: Db, queries: Iterable<Query>): Promise<readonly string[]> {
  const known = {
    collection: 'entities',
    filter: { tenant_id: 't', scope_id: 's', category: 'c', gen: { $lt: 2 }, display_name: 'x' },
    sort: {},
  };
  if (!(await explained(db, known)).includes('IXSCAN')) return [];
  const scans: string[] = [];
  for (const query of queries) if (!servedById(query) && (await explained(db, query)).includes('COLLSCAN')) scans.push(told(query));
  return scans;
}

async function explained(db: Db, { collection, filter, sort }: Query): Promise<string> {
  const plan: Document = await db
    .collection(collection)
    .find(filter)
    .sort(sort as never)
    .explain('queryPlanner');
  return JSON.stringify(plan['queryPlanner']?.['winningPlan'] ?? plan);
}
