/** The connector's process. */
import { runConnector } from '../sdk/run.ts';
import { awsConnector } from './connector.ts';

// The SDK's own switch (github.com/aws/aws-sdk-js-v3/issues/7983): on Node 20 its notice would be most of what the log of a run shows. It is
// set here and not from outside, whose environment is the allowlist and the credential alone (CRED-09).
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

await runConnector(awsConnector);
