/** The child process of a ServiceNow scan. */
import { runConnector } from '../sdk/run.ts';
import { servicenowConnector } from './connector.ts';

await runConnector(servicenowConnector);
