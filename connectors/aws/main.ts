/** The connector's process. */
import { runConnector } from '../sdk/run.ts';
import { awsConnector } from './connector.ts';

await runConnector(awsConnector);
