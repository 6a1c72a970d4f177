/** Every command, in the order of the help. A module is loaded only when it is called for: most commands need neither the worker nor a cloud's SDK. */
import type { Command } from 'commander';
import type { Cli } from '../terminal.ts';

interface CommandGroup {
  readonly names: readonly string[];
  readonly load: () => Promise<(program: Command, cli: Cli) => void>;
}

const GROUPS: readonly CommandGroup[] = [
  { names: ['dev'], load: async () => (await import('./dev.ts')).addDevCommand },
  { names: ['worker', 'api'], load: async () => (await import('./serve.ts')).addServeCommands },
  { names: ['sign-in'], load: async () => (await import('./sign-in.ts')).addSignInCommand },
  { names: ['apply'], load: async () => (await import('./apply.ts')).addApplyCommand },
  { names: ['scan'], load: async () => (await import('./scan.ts')).addScanCommand },
  { names: ['runs'], load: async () => (await import('./runs.ts')).addRunsCommand },
  { names: ['scopes'], load: async () => (await import('./scopes.ts')).addScopesCommand },
  { names: ['tenants'], load: async () => (await import('./tenants.ts')).addTenantsCommand },
  { names: ['connectors'], load: async () => (await import('./connectors.ts')).addConnectorsCommand },
  { names: ['credentials'], load: async () => (await import('./credentials.ts')).addCredentialsCommand },
  { names: ['bindings'], load: async () => (await import('./bindings.ts')).addBindingsCommand },
  { names: ['onboarding'], load: async () => (await import('./onboarding.ts')).addOnboardingCommand },
  { names: ['audit'], load: async () => (await import('./audit.ts')).addAuditCommand },
  { names: ['evidence'], load: async () => (await import('./evidence.ts')).addEvidenceCommand },
  { names: ['findings'], load: async () => (await import('./findings.ts')).addFindingsCommand },
  { names: ['ingest'], load: async () => (await import('./ingest.ts')).addIngestCommand },
  { names: ['rematerialize', 'deploy-gate'], load: async () => (await import('./rematerialize.ts')).addRematerializeCommands },
  { names: ['replay'], load: async () => (await import('./replay.ts')).addReplayCommand },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { names: ['emulators'], load: async () => (await import('./emulators.ts')).addEmulatorsCommand },
];

/** Adds the group that `name` belongs to; all of them when it belongs to none, so that help and a mistyped command see every one. */
export async function addCommands(program: Command, name: string | undefined, cli: Cli): Promise<void> {
  const wanted = GROUPS.filter(({ names }) => name !== undefined && names.includes(name));
  for (const { load } of wanted.length > 0 ? wanted : GROUPS) (await load())(program, cli);
}
