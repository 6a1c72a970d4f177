/** What a merge changes, asked of git. */
import { execa } from 'execa';
import { InvalidInputError } from '../../domain/errors.ts';

export interface GitChanges {
  /** The full id of the head commit. */
  readonly head: string;
  /** Relative to `folder`; a renamed file is named twice, as it was and as it is. */
  readonly files: readonly string[];
}

/** @throws InvalidInputError when a commit is not known here, or the two have no common ancestor here */
export async function gitChanges(folder: string, base: string, head: string): Promise<GitChanges> {
  const from = await commitOf(folder, '--base', base);
  const to = await commitOf(folder, '--head', head);
  const diff = await git(folder, ['diff', '--name-only', '--no-renames', '--relative', '-z', `${from}...${to}`, '--']);
  if (diff === null) {
    throw new InvalidInputError('the two commits have no common ancestor in this clone', {
      code: 'NO_MERGE_BASE',
      field: '--base',
      expected: 'a clone with the whole history (fetch-depth: 0)',
    });
  }
  return { head: to, files: diff.split('\0').filter((file) => file !== '') };
}

async function commitOf(folder: string, field: string, name: string): Promise<string> {
  const id = await git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  if (id === null)
    throw new InvalidInputError('there is no such commit', {
      code: 'UNKNOWN_COMMIT',
      field,
      expected: 'a commit, branch or tag of this clone',
    });
  return id.trim();
}

async function git(folder: string, args: readonly string[]): Promise<string | null> {
  const { stdout, failed } = await execa('git', ['-C', folder, ...args], { reject: false, stripFinalNewline: false });
  return failed ? null : stdout;
}
