/** The child process of an Entra scan. */
import { runConnector } from '../sdk/run.ts';
import { entraConnector } from './connector.ts';

await runConnector(entraConnector);
