/**
 * Which environment variables a bundle may fill. The child's environment is the five of the system plus the declared
 * ones of its credentials (CRED-09); a name that could run code, redirect traffic or move a trust root is never one of them,
 * whatever a manifest declares: `NODE_OPTIONS` or `LD_PRELOAD` in a bundle is code.
 */
export const VARIABLE_NAME = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Set by the driver for every child; nothing else of the worker's environment is passed on. */
export const SYSTEM_VARIABLES = ['HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR'] as const;

const FORBIDDEN_PREFIXES = [
  'AWS_CONTAINER_',
  'AWS_ENDPOINT_URL',
  'AZURE_AUTHORITY_',
  'BASH',
  'COREPACK_',
  'COR_',
  'CORECLR_',
  'CURL_',
  'DOTNET_',
  'DYLD_',
  'GCONV_',
  'GIT_',
  'GLIBC_',
  'GODEBUG',
  'JAVA_',
  'LC_',
  'LD_',
  'MALLOC_',
  'NODE_',
  'NPM_',
  'OPENSSL_',
  'PERL',
  'PHP_',
  'PYTHON',
  'RUBY',
  'SSL_',
  'TSX_',
  'UV_',
];

const FORBIDDEN_SUFFIXES = ['_PROXY'];

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set([
  ...SYSTEM_VARIABLES,
  'AWS_CA_BUNDLE',
  'AWS_CONFIG_FILE',
  'AWS_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'CDPATH',
  'CLASSPATH',
  'ENV',
  'EUID',
  'GLOBIGNORE',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'HISTFILE',
  'HOSTALIASES',
  'IFS',
  'JDK_JAVA_OPTIONS',
  'LINENO',
  'LOCALDOMAIN',
  'LOCPATH',
  'LOGNAME',
  'MAILPATH',
  'NLSPATH',
  'OLDPWD',
  'OPTARG',
  'OPTIND',
  'PPID',
  'PROMPT_COMMAND',
  'PS1',
  'PS2',
  'PS4',
  'PWD',
  'REQUESTS_CA_BUNDLE',
  'RES_OPTIONS',
  'SHELL',
  'SHELLOPTS',
  'SHLVL',
  'TEMP',
  'TMP',
  'UID',
  'USER',
  'ZDOTDIR',
]);

/** Names that no manifest may declare and no bundle may carry. */
export function isForbiddenVariable(name: string): boolean {
  return (
    FORBIDDEN_NAMES.has(name) ||
    FORBIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
    FORBIDDEN_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}
