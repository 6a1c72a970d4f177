/** What the namespace must have: the search attributes that workflows set (FLOW-08), and a retention that lets links and replays live. */
import { type Client, isGrpcServiceError } from '@temporalio/client';
// CommonJS without named exports that Node could see.
import proto from '@temporalio/proto';
import { InvalidInputError } from '../../domain/errors.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';

const RETENTION_DAYS = 30;
const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

/** All of them, as Temporal's operator API wants them. */
export const SEARCH_ATTRIBUTE_TYPES = Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));

const GRPC = { NOT_FOUND: 5, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12 } as const;

/**
 * Only adds what is missing. Where this client may not, as in Temporal Cloud or under an authorizer, the operator has done it: docs/deploy.md.
 * @throws InvalidInputError `INVALID_CONFIGURATION` for a namespace that is not there
 */
export async function prepareNamespace(client: Client, namespace: string): Promise<void> {
  try {
    await prepare(client, namespace);
  } catch (error) {
    const code = isGrpcServiceError(error) ? error.code : undefined;
    if (code === GRPC.PERMISSION_DENIED || code === GRPC.UNIMPLEMENTED) return;
    if (code !== GRPC.NOT_FOUND) throw error;
    throw new InvalidInputError('the Temporal server has no such namespace', {
      code: 'INVALID_CONFIGURATION',
      field: 'TEMPORAL_NAMESPACE',
      expected: `a namespace that exists: temporal operator namespace create --namespace ${namespace}`,
    });
  }
}

async function prepare(client: Client, namespace: string): Promise<void> {
  const operator = client.connection.operatorService;
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter((name) => !(name in (customAttributes ?? {})));
  if (missing.length > 0) {
    await operator.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])) });
  }
  const described = await client.workflowService.describeNamespace({ namespace });
  const seconds = Number(described.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  if (seconds < RETENTION_DAYS * 86_400) {
    await client.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: { seconds: (RETENTION_DAYS * 86_400) as never } },
    });
  }
}
