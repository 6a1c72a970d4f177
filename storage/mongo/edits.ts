/** Rows that people edit: inserted once, changed by compare-and-set on `version`. */
import type { Collection, Document, Filter, OptionalUnlessRequiredId, UpdateFilter, WithId } from 'mongodb';
import { ConflictError, NotFoundError } from '../../domain/errors.ts';
import type { TenantId } from '../../domain/ids.ts';
import { isDuplicateKey } from './errors.ts';
import { whole } from './guards.ts';

export interface EditedRow {
  readonly _id: string;
  readonly tenant_id: TenantId;
  readonly version: number;
}

/** @throws ConflictError `<WHAT>_EXISTS`: also where another tenant has the id, of which nothing is said. */
export async function insertVersioned<T extends EditedRow & Document>(collection: Collection<T>, row: T, what: string): Promise<T> {
  try {
    await collection.insertOne(row as OptionalUnlessRequiredId<T>);
    return row;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw new ConflictError(`this id is taken: another ${what} has it`, {
      code: `${what.toUpperCase()}_EXISTS`,
      actor: 'operator',
      field: 'id',
      expected: 'an id that nothing has yet',
      subject: row._id,
    });
  }
}

/** Only the fields of `editable` are taken from `edit`; the others are not this caller's to change. */
export async function editVersioned<T extends EditedRow & Document>(
  collection: Collection<T>,
  row: { readonly tenant: TenantId; readonly id: string; readonly version?: number },
  edit: Readonly<Record<string, unknown>>,
  editable: readonly string[],
  what: string,
): Promise<WithId<T>> {
  const changes: Record<string, unknown> = {};
  for (const field of editable) {
    if (edit[field] !== undefined) changes[field] = edit[field];
  }
  const mine = { _id: row.id, tenant_id: row.tenant };
  const expected = row.version === undefined ? mine : { ...mine, version: whole('version', row.version) };
  const update = { $inc: { version: 1 }, ...(Object.keys(changes).length === 0 ? {} : { $set: changes }) } as unknown as UpdateFilter<T>;
  const edited = await collection.findOneAndUpdate(expected as Filter<T>, update, { returnDocument: 'after' });
  if (edited !== null) return edited;
  const present = await collection.findOne(mine as Filter<T>, { projection: { version: 1 } });
  if (present === null) throw new NotFoundError(what, row.id);
  throw staleEdit(what, row.id, present['version'] as number);
}

export const staleEdit = (what: string, id: string, version: number): ConflictError =>
  new ConflictError(`the ${what} was changed by someone else meanwhile`, {
    code: 'STALE_EDIT',
    actor: 'operator',
    field: 'version',
    expected: `version ${version}`,
    subject: id,
  });
