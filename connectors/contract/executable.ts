/** How a connector is started. The same shape for the built-in ones and for those from outside the repository (CONN-06). */

export interface ConnectorExecutable {
  /** An absolute path. Started without a shell; the three file options of the contract are appended to `args` (CONN-01). */
  readonly command: string;
  /** Visible to every process of the host: never a secret. */
  readonly args: readonly string[];
  /** Absolute files and directories that the connector must be able to read in its sandbox: its own code, besides `command`. */
  readonly readOnlyPaths: readonly string[];
  /** Path → lower-case hex SHA-256 that it must have at every launch; a directory by `digestOfPath`. */
  readonly pins?: Readonly<Record<string, string>>;
}
