/**
 * The first step for each code that a failed run may carry (RUN-17): the run's page and home say it, and docs/operators.md has the same table. Pure.
 * What stands in backticks is typed, or is a file of the project. A connector from outside has codes of its own: those go by who acts.
 */
export interface FirstStep {
  readonly codes: readonly string[];
  readonly step: string;
}

const RAISE = 'Raise the scope’s time budget or narrow what it reads, then re-run.';
const CONNECTOR_FAULT = 'Give an engineer the run’s id and the end of its log: the connector is at fault.';

export const FIRST_STEPS: readonly FirstStep[] = [
  { codes: ['CANCELLED', 'CONNECTOR_CANCELLED'], step: 'Nothing, unless it should run after all: re-run.' },
  {
    codes: ['ORPHANED'],
    step: 'Nothing for one: re-run, or wait for the next scheduled run. When it repeats, look at the workers’ hosts.',
  },
  { codes: ['BUDGET_EXCEEDED', 'CONNECTOR_BUDGET', 'CONNECTOR_DEADLINE'], step: RAISE },
  {
    codes: ['FEDERATION_TOO_SHORT'],
    step: 'Lower the scope’s time budget, or have the customer allow longer sessions (`MaxSessionDuration` of the role), then re-run.',
  },
  { codes: ['WORKER_LOST'], step: 'Look at the workers’ hosts (memory, restarts), then re-run.' },
  {
    codes: ['DERIVATION_STALLED'],
    step: 'Look at the tenant’s `derive/…` workflow in Temporal and at the workers of the pipeline queue, then re-run.',
  },
  {
    codes: [
      'SOURCE_UNAVAILABLE',
      'SOURCE_UNREACHABLE',
      'SOURCE_THROTTLED',
      'AWS_UNAVAILABLE',
      'AWS_THROTTLED',
      'AWS_PAGING_LOOP',
      'CONNECTOR_TRANSIENT',
    ],
    step: 'Wait for the next scheduled run, or re-run. When it stays for an hour: the source’s status page, then our egress address (`docs/operators.md`).',
  },
  {
    codes: [
      'DATABASE_UNAVAILABLE',
      'AUDIT_CONTENDED',
      'VAULT_UNAVAILABLE',
      'VAULT_THROTTLED',
      'FEDERATION_UNAVAILABLE',
      'FEDERATION_THROTTLED',
      'CREDENTIAL_KEY_UNAVAILABLE',
      'CREDENTIAL_KEY_THROTTLED',
      'COMPUTING_BUSY',
    ],
    step: 'Wait for the next scheduled run, or re-run. When it stays for an hour: `sv0 doctor`, then the status page of the vault, the key keeper or the issuer.',
  },
  {
    codes: ['SOURCE_CREDENTIALS_EXPIRED'],
    step: 'Re-run: a new run takes a fresh credential. When it comes again, the credential ends too soon for this scope’s time budget.',
  },
  { codes: ['SOURCE_ANSWER_CUT'], step: 'Ask the customer what limits the answers of the instance (quota, size), then re-run.' },
  { codes: ['DATABASE_ACCESS_DENIED'], step: 'Compare the roles of our database user with `docs/deploy.md`, then re-run.' },
  { codes: ['CREDENTIALS_REQUIRED'], step: 'Give the connector instance a credential, then re-run.' },
  {
    codes: ['CREDENTIALS_INCOMPLETE', 'CREDENTIALS_MISSING'],
    step: 'Give the connector instance every variable that its connector requires (`docs/connectors.md`), then re-run.',
  },
  {
    codes: ['CREDENTIAL_REVOKED', 'CREDENTIAL_DELETED'],
    step: 'Store a new credential; or, when the provider alone is to serve again, `sv0 credentials forget INSTANCE`. Then re-run.',
  },
  {
    codes: [
      'SOURCE_CREDENTIALS_REFUSED',
      'AWS_CREDENTIALS_INVALID',
      'AWS_CREDENTIALS_EXPIRED',
      'CREDENTIAL_EXPIRED',
      'CREDENTIAL_NOT_YET_VALID',
    ],
    step: 'Have the customer provide a credential that the source takes now, test the connection, then re-run.',
  },
  { codes: ['CREDENTIAL_DISABLED'], step: 'Enable the secret in the vault, or put a new one there, then re-run.' },
  {
    codes: ['CREDENTIAL_KIND_MISMATCH'],
    step: 'Store the credential under a kind that the connector declares; where it was, the mapping is at fault: an engineer.',
  },
  {
    codes: ['CREDENTIAL_UNRECOVERABLE'],
    step: 'Store the credential anew, then re-run; and find out what changed the row: a restore, or somebody who can write to the database.',
  },
  {
    codes: [
      'SOURCE_PERMISSION_DENIED',
      'SOURCE_NOT_FOUND',
      'SOURCE_ROWS_HIDDEN',
      'SOURCE_COLUMN_HIDDEN',
      'SOURCE_COUNT_MISSING',
      'AWS_ACCESS_DENIED',
    ],
    step: 'Test the connection: it names what is missing. The customer grants it; then re-run.',
  },
  { codes: ['FEDERATION_TOO_WIDE'], step: 'Have the customer take back what is more than reading, then re-run.' },
  {
    codes: ['FEDERATION_ACCESS_REFUSED'],
    step: 'Have the customer restore the trust, the consent or the installation; `sv0 bindings activate INSTANCE` asks again. Then re-run.',
  },
  {
    codes: ['AWS_ACCOUNT_MISMATCH', 'ENTRA_TENANT_MISMATCH', 'FEDERATION_MISMATCH', 'VAULT_SECRET_NOT_OURS', 'BINDING_NOT_OURS'],
    step: 'Pause the schedule first: the credential is not of the account that the instance names. Compare both with the customer, and look in the audit log.',
  },
  { codes: ['BINDING_NOT_ACTIVE'], step: '`sv0 bindings activate INSTANCE`, when the customer’s side is in place; then re-run.' },
  { codes: ['BINDING_REVOKED'], step: 'Make a new binding with the customer (`docs/credentials.md`), then re-run.' },
  {
    codes: ['BINDING_CONNECTOR_MISMATCH', 'PROVIDER_REFUSED', 'PROVIDER_NOT_CONFIGURED', 'VAULT_NAME_UNUSABLE'],
    step: 'Choose a credential provider that serves this instance, or configure the one that it names (`docs/credentials.md`); then re-run.',
  },
  {
    codes: [
      'SOURCE_URL_INVALID',
      'SOURCE_URL_NOT_HTTPS',
      'SOURCE_HOST_NOT_FOUND',
      'SOURCE_ADDRESS_REFUSED',
      'SOURCE_TLS_FAILED',
      'SOURCE_OFF_ORIGIN',
      'CONFIG_INVALID',
    ],
    step: 'Correct the instance’s address and settings: the message says what is wrong with them. Then re-run.',
  },
  { codes: ['AWS_REGIONS_MISSING'], step: 'Name the regions in the scope (`params.regions`), then re-run.' },
  { codes: ['AWS_CLOCK_SKEW'], step: 'Set the clock of the connectors worker’s host, then re-run.' },
  {
    codes: [
      'VAULT_IDENTITY_UNAVAILABLE',
      'VAULT_UNAUTHENTICATED',
      'VAULT_ACCESS_DENIED',
      'VAULT_SECRET_MALFORMED',
      'FEDERATION_IDENTITY_REFUSED',
      'CREDENTIAL_KEY_MISSING',
      'CREDENTIAL_KEY_DENIED',
      'CREDENTIAL_KEY_DISABLED',
      'CREDENTIAL_KEY_UNAUTHENTICATED',
      'ARTIFACT_KEY_MISSING',
      'SIGNING_KEY_INVALID',
    ],
    step: '`sv0 doctor` on the worker’s host says what it lacks; then `docs/credentials.md`.',
  },
  { codes: ['BUNDLE_INVALID'], step: 'Put the credential again, with the variables only that the connector declares; then re-run.' },
  {
    codes: ['CONNECTOR_DIGEST_MISMATCH'],
    step: 'Find out who changed the connector’s files on that host, before anything is started there again.',
  },
  {
    codes: [
      'CONNECTOR_ISOLATION_UNAVAILABLE',
      'CONNECTOR_NOT_INSTALLED',
      'CONNECTOR_NOT_FOUND',
      'CONNECTOR_SPAWN_FAILED',
      'CONNECTOR_WORK_DIRECTORY',
      'CONNECTOR_STRAGGLERS',
    ],
    step: '`sv0 doctor` on the connectors worker’s host; then re-run.',
  },
  {
    codes: ['CONNECTOR_OUTPUT_TOO_LARGE', 'ARTIFACT_TOO_LARGE', 'GRAPH_TOO_LARGE', 'GRAPH_TOO_MANY'],
    step: 'Narrow what the scope reads (categories, regions, allow-list), then re-run.',
  },
  {
    codes: ['SCOPE_NOT_FOUND', 'RUN_NOT_FOUND'],
    step: 'Look at the scope, its instance and its tenant: one was taken away or switched off while it ran.',
  },
  {
    codes: [
      'CONNECTOR_CODE_ERROR',
      'CONNECTOR_EXITED',
      'CONNECTOR_NO_RESULTS',
      'CONNECTOR_NO_GRAPH',
      'CONNECTOR_BAD_FILE',
      'CONNECTOR_BAD_RESULTS',
      'CONNECTOR_PLATFORM_CELL',
      'CONNECTOR_CATEGORY_MISSING',
      'CONNECTOR_CATEGORY_UNKNOWN',
      'GRAPH_EMPTY',
      'GRAPH_NOT_JSON',
      'GRAPH_NOT_UTF8',
      'GRAPH_HEADER_INVALID',
      'GRAPH_WRONG_SOURCE',
      'GRAPH_RECORD_INVALID',
      'GRAPH_RECORD_TOO_LARGE',
      'GRAPH_UNEXPECTED_CATEGORY',
      'GRAPH_HOSTILE_KEY',
      'GRAPH_TOO_DEEP',
    ],
    step: CONNECTOR_FAULT,
  },
  {
    codes: [
      'SOURCE_ERROR',
      'SOURCE_REQUEST_REFUSED',
      'SOURCE_MALFORMED_RESPONSE',
      'SOURCE_RESPONSE_TOO_LARGE',
      'AWS_UNEXPECTED',
      'AWS_NOT_FOUND',
      'AWS_POLICY_UNREADABLE',
      'VAULT_REFUSED',
      'FEDERATION_REFUSED',
      'FEDERATION_MALFORMED',
    ],
    step: 'Give an engineer the run’s id and the end of its log: the other side answers in a way that was not foreseen.',
  },
  { codes: ['RULE_FAILED'], step: 'Give an engineer the rule’s name and the run’s id; the other rules’ findings are in.' },
  {
    codes: [
      'UNEXPECTED',
      'DATABASE_ERROR',
      'ARTIFACT_CORRUPT',
      'ARTIFACT_NOT_FOUND',
      'BLOB_DIGEST_MISMATCH',
      'EVIDENCE_ROW_MISSING',
      'SCOPE_WITHOUT_INSTANCE',
    ],
    step: 'Give an engineer the run’s id: `sv0 replay RUN` steps through the workflow, and the worker’s log of that time has more.',
  },
];

const BY_CODE: ReadonlyMap<string, string> = new Map(FIRST_STEPS.flatMap(({ codes, step }) => codes.map((code) => [code, step] as const)));

/** Undefined for a code that is not ours. */
export const firstStepOf = (code: string): string | undefined => BY_CODE.get(code);
