/** Opens what a one-shot command needs, and closes it whatever happens. */
import { userInfo } from 'node:os';
import type { Administration } from '../../api/administration.ts';
import type { IngestService } from '../../api/ports.ts';
import { createAdministration } from '../compose/administration/index.ts';
import { connectedConfig } from '../compose/connected.ts';
import { openCredentialKeys } from '../compose/credential-keys.ts';
import { createStoredCredentials } from '../compose/credential-store.ts';
import { createIngestService } from '../compose/ingest-service.ts';
import { connectTemporal } from '../compose/temporal-connection.ts';
import { openRegistry } from '../compose/registry.ts';
import { createRunControl, type FullRunControl } from '../compose/run-control.ts';
import { createSchedules, type Schedules } from '../compose/schedules.ts';
import { openStorage, type Storage } from '../compose/storage.ts';
import { Stops } from '../services/stops.ts';

export interface ControlParts {
  readonly control: FullRunControl;
  readonly ingest: IngestService;
  readonly administration: Administration;
  readonly schedules: Schedules;
  readonly storage: Storage;
  /** Who is at the keyboard, for `triggered_by_user_id`. */
  readonly userId: string;
}

export async function withControl(use: (parts: ControlParts) => Promise<void>): Promise<void> {
  const stops = new Stops();
  try {
    const { config, settings } = await connectedConfig(process.env);
    const storage = await openStorage(settings);
    stops.add('database connection', storage.close);
    const temporal = await connectTemporal(config);
    stops.add('Temporal client', temporal.close);
    const registry = await openRegistry(config.connectorsFile);
    const now = (): Date => new Date();
    const shared = { client: temporal.client, queues: config.queues, storage, now };
    const schedules = createSchedules(shared);
    const keys = await openCredentialKeys(config);
    const credentials = createStoredCredentials({ storage, registry, keys, now }).store;
    const control = createRunControl(shared);
    await use({
      storage,
      control,
      ingest: createIngestService({ ...shared, registry }),
      schedules,
      administration: createAdministration({ storage, registry, schedules, control, credentials, audit: storage.audit, now }),
      userId: `cli:${userInfo().username}`,
    });
  } finally {
    await stops.run();
  }
}
