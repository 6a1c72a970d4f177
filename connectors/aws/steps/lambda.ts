/** The category `lambda`: every region of the scope for itself, so that a refusal in one never hides another. */
import { SourceError, type StepContext } from '../../sdk/types.ts';
import { mapBounded } from '../../sdk/http.ts';
import type { AwsClient } from '../client.ts';
import { combine, type Converted, emitSorted } from '../collector.ts';
import { convertEventSource, convertFunction } from '../converters/lambda.ts';
import { order } from '../policy/document.ts';
import { perItem, section } from './section.ts';

const CALLS_AT_A_TIME = 6;

export async function readFunctions(context: StepContext<AwsClient>): Promise<void> {
  const { regions } = context.client;
  if (regions.length === 0) {
    throw new SourceError('the scope names no region to read Lambda functions in', {
      code: 'AWS_REGIONS_MISSING',
      class: 'persistent',
      actor: 'operator',
      subject: 'params.regions',
    });
  }
  const failures: SourceError[] = [];
  for (const region of regions) {
    try {
      await emitSorted(context, await readRegion(context, region));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      failures.push(error);
    }
  }
  // A region that is not enabled refuses a good key, so that only all regions together say that the key is bad.
  const [first] = failures;
  if (first !== undefined && failures.length === regions.length) throw first;
  for (const failure of failures) context.incomplete(failure);
}

async function readRegion(context: StepContext<AwsClient>, region: string): Promise<Converted> {
  const { signal } = context;
  const lambda = context.client.lambda(region);
  const functions = (await lambda.functions(signal)).sort((a, b) => order(a.FunctionArn ?? '', b.FunctionArn ?? ''));
  context.scanned(functions.length);
  const each = perItem(context);
  const converted = await mapBounded(functions, CALLS_AT_A_TIME, async (fn) =>
    convertFunction(region, fn, await each('lambda:ListTags', () => lambda.tags(fn.FunctionArn ?? '', signal))),
  );
  const mappings = (await section(context, () => lambda.eventSourceMappings(signal))) ?? [];
  return combine([...converted, ...mappings.map((mapping) => convertEventSource(region, mapping))]);
}
