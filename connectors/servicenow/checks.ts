/** One row of one table per permission; the permissions are the tables' read rules. */
import { type PermissionCheck, undecided } from '../sdk/checks.ts';
import { SourceError } from '../sdk/types.ts';
import type { ServicenowClient } from './client.ts';
import { servicenowManifest } from './manifest.ts';

const readTable =
  (table: string): PermissionCheck<ServicenowClient> =>
  async (client, signal) => {
    const { rows, total } = await client.probe(table, signal);
    if (rows > 0) return;
    // Access rules hide rows without a word; only the count betrays them.
    if ((total ?? 0) > 0) {
      throw new SourceError(`all rows of ${table} are hidden from the account: grant it read access to the table`, {
        code: 'SOURCE_ROWS_HIDDEN',
        class: 'persistent',
        actor: 'customer',
      });
    }
    throw undecided('the table is empty, or all of it is hidden');
  };

export const servicenowChecks: Readonly<Record<string, PermissionCheck<ServicenowClient>>> = Object.fromEntries(
  servicenowManifest.categories
    .flatMap((category): readonly string[] => category.permissions)
    .map((permission) => [permission, readTable(permission.replace(/^read: /, ''))]),
);
