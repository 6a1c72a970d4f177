/** `sv0 credentials`: fills and watches the encrypted store. Values come in by standard input, never by an argument, and never go out. */
import { text } from 'node:stream/consumers';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { StoredCredentialStatus } from '../../domain/credentials/stored.ts';
import { InvalidInputError, NotFoundError } from '../../domain/errors.ts';
import { instanceId, type InstanceId, tenantId, type TenantId } from '../../domain/ids.ts';
import { connectedConfig } from '../compose/connected.ts';
import { openCredentialKeys } from '../compose/credential-keys.ts';
import { createStoredCredentials, type StoredCredentials } from '../compose/credential-store.ts';
import { openRegistry } from '../compose/registry.ts';
import { openStorage, type Storage } from '../compose/storage.ts';
import { print } from './print.ts';

export function addCredentialsCommand(program: Command): void {
  const credentials = program
    .command('credentials')
    .description('stored credentials of connector instances: values go in, presence comes out');
  credentials
    .command('put <instance>')
    .requiredOption('--kind <kind>', "one of the connector's credential kinds")
    .description('store a credential: a JSON object of its fields on standard input')
    .action(async (instance: string, { kind }: { kind: string }) => {
      const fields = fieldsOf(await text(process.stdin));
      await withCredentials(async (it) =>
        show(await it.store.put(await tenantOf(it, instance), instanceId(instance), { kind, fields }, actor())),
      );
    });
  credentials
    .command('status <instance>')
    .description('state, kind, version and names of fields')
    .action((instance: string) =>
      withCredentials(async (it) => show(await it.store.status(await tenantOf(it, instance), instanceId(instance)))),
    );
  for (const [name, method, about] of CHANGES) {
    credentials
      .command(`${name} <instance>`)
      .description(about)
      .action((instance: string) =>
        withCredentials(async (it) => show(await it.store[method](await tenantOf(it, instance), instanceId(instance), actor()))),
      );
  }
  addIntake(credentials);
  credentials
    .command('rotate')
    .description('wrap every data key with the current key-encryption key; goes on where it was interrupted')
    .action(() =>
      withCredentials(async ({ rotate }) => {
        const { rewrapped, passed_over, failed } = await rotate();
        process.stdout.write(`${rewrapped} re-wrapped, ${passed_over} changed meanwhile, ${failed.length} that do not open\n`);
        for (const connection of failed) process.stdout.write(`  ${connection}\n`);
        if (failed.length > 0) process.exitCode = 1;
      }),
    );
}

function addIntake(credentials: Command): void {
  const intake = credentials.command('intake').description('links by which a customer hands a credential over himself, unseen by us');
  intake
    .command('create <instance>')
    .requiredOption('--kind <kind>', "one of the connector's credential kinds")
    .option('--hours <hours>', 'how long it is open, at most 168', '24')
    .description('a single-use link, and its code, which must go to the customer by another way; both are shown once')
    .action((instance: string, { kind, hours }: { kind: string; hours: string }) =>
      withCredentials(async (it) => {
        const wanted = { kind, hours: Number(hours) };
        const { id, token, code, expires_at } = await it.intake.create(await tenantOf(it, instance), instanceId(instance), wanted, actor());
        print(true, { id, path: `/intake#${token}`, code, expires_at }, () => '');
      }),
    );
  intake
    .command('list')
    .requiredOption('--tenant <tenant>', 'whose')
    .description('links of a tenant, newest first')
    .action(({ tenant }: { tenant: string }) =>
      withCredentials(async (it) => {
        const rows = await it.intake.list(tenantId(tenant));
        print(
          true,
          rows.map(({ code_hash: _, ...link }) => link),
          () => '',
        );
      }),
    );
  intake
    .command('revoke <link>')
    .requiredOption('--tenant <tenant>', 'whose')
    .description('close a link that is open')
    .action((link: string, { tenant }: { tenant: string }) =>
      withCredentials(async (it) => {
        await it.intake.revoke(tenantId(tenant), link, actor());
        print(true, { id: link, state: 'revoked' }, () => '');
      }),
    );
}

const CHANGES = [
  ['revoke', 'revoke', 'refuse launches from now on, and destroy the data key'],
  ['delete', 'remove', 'as revoke; launches stay refused'],
  ['forget', 'forget', 'after revoke or delete: let the provider serve the connection alone again'],
] as const;

type Parts = StoredCredentials & { readonly lookups: Storage['lookups'] };

async function withCredentials(use: (parts: Parts) => Promise<void>): Promise<void> {
  const { config, settings } = await connectedConfig(process.env);
  const storage = await openStorage(settings);
  try {
    const registry = await openRegistry(config.connectorsFile);
    const keys = await openCredentialKeys(config);
    await use({ ...createStoredCredentials({ storage, registry, keys, now: () => new Date() }), lookups: storage.lookups });
  } finally {
    await storage.close();
  }
}

async function tenantOf({ lookups }: Parts, instance: string): Promise<TenantId> {
  const id: InstanceId = instanceId(instance);
  const tenant = await lookups.tenantOfInstance(id);
  if (tenant === null) throw new NotFoundError('instance', id);
  return tenant;
}

/** What was read is not repeated. */
function fieldsOf(input: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(input) as Readonly<Record<string, string>>;
  } catch {
    throw new InvalidInputError('standard input is not valid', {
      code: 'INVALID_CREDENTIAL',
      field: 'fields',
      expected: 'one JSON object of fields',
    });
  }
}

const actor = (): string => `cli:${userInfo().username}`;

function show({ state, kind, version, field_names, changed_at }: StoredCredentialStatus): void {
  print(true, { state, kind, version, field_names, changed_at }, () => '');
}
