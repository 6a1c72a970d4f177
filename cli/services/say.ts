/** Progress for a person, on stderr, so that stdout stays for results. */
export type Say = (line: string) => void;

export const sayToStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};
