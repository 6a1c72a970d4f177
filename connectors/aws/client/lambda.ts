/** Lambda, one client per region. */
import {
  type EventSourceMappingConfiguration,
  type FunctionConfiguration,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import { type ExplicitConfig, explicitConfig } from '../sdk-config.ts';
import { call } from './call.ts';
import { collect, pages } from './pages.ts';

export class LambdaReader {
  readonly #client: LambdaClient;
  readonly #region: string;

  constructor(config: ExplicitConfig) {
    this.#client = new LambdaClient(explicitConfig(config));
    this.#region = config.region;
  }

  functions(abortSignal: AbortSignal): Promise<FunctionConfiguration[]> {
    const facts = { permission: 'lambda:ListFunctions', where: this.#region };
    const send = (Marker?: string) =>
      call(facts, () => this.#client.send(new ListFunctionsCommand({ Marker, MaxItems: 50 }), { abortSignal }));
    return collect(
      pages(send, (page) => page.NextMarker, facts.permission),
      (page) => page.Functions,
    );
  }

  eventSourceMappings(abortSignal: AbortSignal): Promise<EventSourceMappingConfiguration[]> {
    const facts = { permission: 'lambda:ListEventSourceMappings', where: this.#region };
    const send = (Marker?: string) =>
      call(facts, () => this.#client.send(new ListEventSourceMappingsCommand({ Marker, MaxItems: 100 }), { abortSignal }));
    return collect(
      pages(send, (page) => page.NextMarker, facts.permission),
      (page) => page.EventSourceMappings,
    );
  }

  async tags(Resource: string, abortSignal: AbortSignal): Promise<Record<string, string>> {
    const facts = { permission: 'lambda:ListTags', where: this.#region };
    return (await call(facts, () => this.#client.send(new ListTagsCommand({ Resource }), { abortSignal }))).Tags ?? {};
  }
}
