/** The servers of a test run, with a namespace and a database of its own: what `sv0 dev` takes instead of bringing its own. */
import { randomUUID } from 'node:crypto';
import { connectTemporal } from '../../cli/compose/temporal-connection.ts';

export async function demoSurroundings(stateDir: string): Promise<Record<string, string>> {
  const unique = randomUUID().slice(0, 8);
  const namespace = `once-${unique}`;
  const temporal = await connectTemporal({
    temporalAddress: process.env['SV0_TEST_TEMPORAL_ADDRESS'],
    temporalNamespace: namespace,
    temporalTls: undefined,
  });
  await temporal.client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: { seconds: 86_400 as never } });
  await temporal.close();
  return {
    MONGODB_URI: process.env['SV0_TEST_MONGODB_URI'] ?? '',
    SV0_MONGODB_DATABASE: `once_${unique}`,
    TEMPORAL_ADDRESS: process.env['SV0_TEST_TEMPORAL_ADDRESS'] ?? '',
    TEMPORAL_NAMESPACE: namespace,
    SV0_STATE_DIR: stateDir,
    SV0_API_PORT: '0',
  };
}
