/** Shapes of secrets (DATA-09). Prefixes are the issuers' own; a shape that ordinary names share is not here. */

export interface SecretPattern {
  readonly name: string;
  /** Global. The groups `before` and `after`, where there are some, stay. What can fail after a long match is bounded, so that a hostile string costs no more than its length. */
  readonly pattern: RegExp;
  /** A second look where the shape alone is not enough. */
  readonly accept?: (match: string) => boolean;
}

/** Names that text and props use for a secret: `password=…`, `{"client_secret": "…"}`. */
const SECRET_NAME =
  '(?:password|passwd|passphrase|pwd|secret|client[_-]?secret|secret[_-]?key|secret[_-]?access[_-]?key|api[_-]?key|apikey|access[_-]?token|refresh[_-]?token|session[_-]?token|auth[_-]?token|private[_-]?key|account[_-]?key|shared[_-]?access[_-]?key|connection[_-]?string)';

/** A value that points at a secret is not one: `${{ secrets.X }}`, an ARN, a vault address, a placeholder. */
const REFERENCE = '(?:arn:|\\$|\\{\\{|<|vault:|projects/|https?://|/|true\\b|false\\b|null\\b|none\\b|required\\b|optional\\b)';

/** `arn:aws:secretsmanager:<region>:<account>:secret:<name>` names a secret, and is the graph's own id for it. */
const NOT_AN_ARN = '(?<!:secretsmanager:[a-z0-9-]{0,32}:[0-9]{0,12}:)';

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  { name: 'private_key', pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g },
  { name: 'jwt', pattern: /\beyJ[\w-]{8,1024}\.[\w-]{8,16384}\.[\w.-]*/g },
  { name: 'github_token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9_.-]{30,}|github_pat_\w{22,})/g },
  { name: 'gitlab_token', pattern: /\bgl(?:pat|dt|rt|cbt|ptt|oas|agent|soat)-[\w.-]{16,}/g },
  { name: 'slack_token', pattern: /\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}|\bxapp-[\w-]{10,}/g },
  { name: 'slack_webhook', pattern: /(?<before>https:\/\/hooks\.slack\.com\/(?:services|workflows)\/)[\w/-]{20,}/g },
  { name: 'stripe_key', pattern: /\b[rs]k_(?:live|test)_\w{16,}|\bwhsec_\w{16,}/g },
  { name: 'google_key', pattern: /\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}/g },
  { name: 'ai_key', pattern: /\bsk-(?:ant-|proj-|svcacct-|or-)[\w-]{20,}|\bsk-[A-Za-z0-9]{40,}/g },
  { name: 'registry_token', pattern: /\bnpm_[A-Za-z0-9]{36}|\bpypi-AgE[\w-]{50,}|\bdckr_pat_[\w-]{20,}/g },
  { name: 'sendgrid_key', pattern: /\bSG\.[\w-]{16,128}\.[\w-]{16,}/g },
  {
    name: 'vendor_token',
    pattern: /\b(?:dop_v1_[a-f0-9]{64}|dapi[a-f0-9]{32}|hv[sbr]\.[\w-]{20,}|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|ATATT3[\w=-]{50,})/g,
  },
  { name: 'azure_client_secret', pattern: /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g },
  { name: 'azure_signature', pattern: /(?<before>[?&;]sig=)[\w%+/=-]{20,}/gi },
  { name: 'azure_key', pattern: /(?<before>\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s{0,4}=\s{0,4})[^\s;"']{16,}/gi },
  { name: 'aws_session_token', pattern: /\b(?:FwoG|IQoJ|FQoG)[\w+/=]{80,}/g },
  { name: 'url_password', pattern: /(?<before>\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"'<>]{0,256}:[^\s/@"'<>]{1,256}(?<after>@)/gi },
  {
    name: 'bearer',
    pattern: /(?<before>\b(?:bearer|token|apikey)\s{1,4})[\w.~+/=-]{20,}/gi,
    accept: (match) => /\d/.test(match) && !match.includes('://'),
  },
  { name: 'basic', pattern: /(?<before>\bbasic\s{1,4})[A-Za-z0-9+/]{8,}={0,2}/gi, accept: isBasicCredential },
  {
    name: 'named_value',
    pattern: new RegExp(
      `${NOT_AN_ARN}(?<before>${SECRET_NAME}\\\\?["']?\\s{0,4}(?::|=>|=)\\s{0,4}\\\\?["']?)(?!${REFERENCE})[^\\s"'\\\\,;&(){}]{6,}`,
      'gi',
    ),
  },
];

/** Names of props whose whole value is a secret, whatever it looks like. Only exact names: `secret_name` and `password_policy` are no secrets. */
export const SECRET_PROPS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'secret_value',
  'client_secret',
  'secret_key',
  'secret_access_key',
  'aws_secret_access_key',
  'api_key',
  'apikey',
  'access_token',
  'refresh_token',
  'session_token',
  'auth_token',
  'bearer_token',
  'id_token',
  'private_key',
  'account_key',
  'shared_access_key',
  'connection_string',
  'authorization',
  'cookie',
  'set_cookie',
]);

/** `base64(user:password)` (RFC 7617), not the word after "basic". */
function isBasicCredential(match: string): boolean {
  const encoded = match.replace(/^basic\s+/i, '');
  return /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(encoded, 'base64').toString('latin1'));
}
