/** One spelling of each directory, organisation and host: its name is a part of every id, and two spellings would make two of everything. */

/** Sources that take their tenants' names in any case: a GUID, a login, a host. Of others only the same text is the same tenant. */
const WITHOUT_CASE: ReadonlySet<string> = new Set(['entra', 'github', 'servicenow']);

const folded = (sourceSystem: string, name: string): string => (WITHOUT_CASE.has(sourceSystem) ? name.toLowerCase() : name).trim();

/** `known`: the spellings that are stored for the source, the instance's own first. One of them stays as it is: the ids of its rows hold it. */
export function sourceTenantSpelling(sourceSystem: string, wanted: string, known: readonly string[]): string {
  const name = folded(sourceSystem, wanted);
  return known.find((other) => folded(sourceSystem, other) === name) ?? name;
}
