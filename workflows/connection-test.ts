/** One connection test, on a host that may read credentials: whoever asks for it need not be one. */
import type { ConnectionTest } from '../domain/connectors/connection-test.ts';
import type { ConnectionTestInput } from './messages.ts';
import { testing } from './options.ts';

export async function connectionTest({ tenant_id, instance_id, queues }: ConnectionTestInput): Promise<ConnectionTest> {
  return await testing(queues.connectors).testConnection({ tenant_id, instance_id });
}
