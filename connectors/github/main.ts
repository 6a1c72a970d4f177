/** The child process of a GitHub scan. */
import { runConnector } from '../sdk/run.ts';
import { githubConnector } from './connector.ts';

await runConnector(githubConnector);
