/**
 * The whole environment of a child (CRED-09): five variables of the system, with fixed values, and the bundle. Nothing is taken from
 * the worker's own environment, so a deployment-wide credential can never reach a connector (CRED-11).
 */
export const CHILD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `directory` is the run's directory as the child sees it. */
export function childEnvironment(directory: string, bundle: Readonly<Record<string, string>>): Record<string, string> {
  return { ...bundle, HOME: directory, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', PATH: CHILD_PATH, TMPDIR: directory };
}
