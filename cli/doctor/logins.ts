/** Command line sign-ins of the person at the keyboard. They are asked whether they hold, never for a token. */
import { execa } from 'execa';
import { onPath } from '../services/on-path.ts';
import type { CredentialConfig } from './credentials.ts';

export interface Login {
  readonly command: string;
  readonly title: string;
  readonly lifetime: string;
  /** Exit code 0 when signed in. */
  readonly signedIn: readonly string[];
  /** Prints an instant and nothing else; null where the tool does not tell. */
  readonly expires: readonly string[] | null;
  /** The one command: asks in a browser, or with a code that can be entered on a phone. */
  readonly refresh: readonly string[];
}

export const LOGINS: readonly Login[] = [
  {
    command: 'az',
    title: 'Azure sign-in',
    lifetime: 'an hour, renewed by itself for up to 90 days',
    signedIn: ['account', 'show', '--output', 'none'],
    // `--query` leaves the token out of what is printed.
    expires: ['account', 'get-access-token', '--query', 'expiresOn', '--output', 'tsv'],
    refresh: ['az', 'login', '--use-device-code'],
  },
  {
    command: 'aws',
    title: 'AWS sign-in',
    lifetime: 'as the session of AWS IAM Identity Center: 1 to 12 hours',
    signedIn: ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text'],
    expires: null,
    refresh: ['aws', 'sso', 'login', '--use-device-code'],
  },
  {
    command: 'gh',
    title: 'GitHub sign-in',
    lifetime: 'until it is revoked, or unused for a year',
    signedIn: ['auth', 'status', '--hostname', 'github.com'],
    expires: null,
    refresh: ['gh', 'auth', 'login', '--hostname', 'github.com', '--web'],
  },
];

/** The commands that this configuration signs in through. */
export function loginsNeeded({
  keyVault,
  secretsManagerRegion,
}: Pick<CredentialConfig, 'keyVault' | 'secretsManagerRegion'>): ReadonlySet<string> {
  const needed = new Set<string>();
  if (keyVault?.signIn === 'cli') needed.add('az');
  // Keys in the environment, or the machine's role, do instead of a sign-in.
  if (secretsManagerRegion !== undefined && process.env['AWS_PROFILE']) needed.add('aws');
  return needed;
}

export interface Tools {
  find(command: string): Promise<boolean>;
  /** Never shown: what a tool prints may name an account. */
  run(command: string, args: readonly string[]): Promise<{ readonly code: number; readonly out: string }>;
  /** At the terminal, with the person's own answers. */
  interactive(command: readonly string[]): Promise<boolean>;
}

const ASK_MS = 20_000;

export const THESE_TOOLS: Tools = {
  find: async (command) => (await onPath(command)) !== null,
  run: async (command, args) => {
    const { exitCode, stdout } = await execa(command, [...args], { reject: false, timeout: ASK_MS, stdin: 'ignore' });
    return { code: exitCode ?? 1, out: stdout };
  },
  interactive: async ([command = '', ...args]) => {
    const { exitCode } = await execa(command, args, { reject: false, stdio: 'inherit' });
    return exitCode === 0;
  },
};
