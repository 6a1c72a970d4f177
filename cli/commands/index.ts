/**
 * Every command, in the order of the help. A module is loaded only when one of its commands is called: most need neither the worker nor a cloud's
 * SDK, and the help needs none of them.
 */
import type { Command } from 'commander';
import type { Cli } from '../terminal.ts';

interface CommandGroup {
  /** Name → what it is for. */
  readonly commands: Readonly<Record<string, string>>;
  readonly load: () => Promise<(program: Command, cli: Cli) => void>;
}

const GROUPS: readonly CommandGroup[] = [
  {
    commands: { dev: 'start everything on this machine: Temporal, a database, a worker, the API, the pages and the demo' },
    load: async () => (await import('./dev.ts')).addDevCommand,
  },
  {
    commands: {
      worker: 'serve the task queues; hosts that may read credentials serve `connectors`',
      api: 'serve the API and the operator pages',
    },
    load: async () => (await import('./serve.ts')).addServeCommands,
  },
  {
    commands: {
      'sign-in': 'print a link that signs a browser in to the pages of the `npm start` of this folder: once, within five minutes',
    },
    load: async () => (await import('./sign-in.ts')).addSignInCommand,
  },
  {
    commands: { apply: 'make or update a tenant, its connector instances and its scan scopes' },
    load: async () => (await import('./apply.ts')).addApplyCommand,
  },
  {
    commands: { scan: 'start a run of a scan scope' },
    load: async () => (await import('./scan.ts')).addScanCommand,
  },
  {
    commands: { runs: 'runs: look, retry, cancel' },
    load: async () => (await import('./runs.ts')).addRunsCommand,
  },
  {
    commands: { scopes: 'scan scopes and their schedules' },
    load: async () => (await import('./scopes.ts')).addScopesCommand,
  },
  {
    commands: { tenants: 'tenants: offboarding' },
    load: async () => (await import('./tenants.ts')).addTenantsCommand,
  },
  {
    commands: { connectors: 'connector instances: test their connection' },
    load: async () => (await import('./connectors.ts')).addConnectorsCommand,
  },
  {
    commands: { credentials: 'stored credentials of connector instances: values go in, presence comes out' },
    load: async () => (await import('./credentials.ts')).addCredentialsCommand,
  },
  {
    commands: { bindings: 'federation: which role, directory or installation a connection acts as (docs/credentials.md)' },
    load: async () => (await import('./bindings.ts')).addBindingsCommand,
  },
  {
    commands: { onboarding: 'what a customer needs to grant us read access without a secret' },
    load: async () => (await import('./onboarding.ts')).addOnboardingCommand,
  },
  {
    commands: { audit: 'the audit log of a tenant: read it, and prove that it is whole' },
    load: async () => (await import('./audit.ts')).addAuditCommand,
  },
  {
    commands: { evidence: 'evidence packs: take one away, check one offline' },
    load: async () => (await import('./evidence.ts')).addEvidenceCommand,
  },
  {
    commands: { findings: 'findings of a tenant: look, export' },
    load: async () => (await import('./findings.ts')).addFindingsCommand,
  },
  {
    commands: { ingest: 'take a normalized graph through the pipeline, from sync on' },
    load: async () => (await import('./ingest.ts')).addIngestCommand,
  },
  {
    commands: {
      rematerialize: 'rebuild execution chains and stitched paths, and wait until it is done',
      'deploy-gate': 'what CI runs after a deploy: rematerialize every active tenant if the merge changed how chains or paths are built',
    },
    load: async () => (await import('./rematerialize.ts')).addRematerializeCommands,
  },
  {
    commands: { replay: "replay a workflow's history against today's workflow code; exit 1 when it would take another way" },
    load: async () => (await import('./replay.ts')).addReplayCommand,
  },
  {
    commands: {
      doctor:
        'services, isolation and credentials: where each comes from, how long it lives, what refreshes it; exits 1 when a run could not succeed',
    },
    load: async () => (await import('./doctor.ts')).addDoctorCommand,
  },
  {
    commands: { emulators: 'start one source emulator alone and print its address' },
    load: async () => (await import('./emulators.ts')).addEmulatorsCommand,
  },
];

/** Adds the group that `name` belongs to; when it belongs to none, every name with what it is for, which help and a mistyped command need. */
export async function addCommands(program: Command, name: string | undefined, cli: Cli): Promise<void> {
  const group = GROUPS.find(({ commands }) => name !== undefined && Object.hasOwn(commands, name));
  const told = Object.fromEntries((group === undefined ? GROUPS : [group]).flatMap(({ commands }) => Object.entries(commands)));
  if (group === undefined) for (const one of Object.keys(told)) program.command(one);
  else (await group.load())(program, cli);
  for (const command of program.commands) {
    const about = told[command.name()];
    if (about !== undefined) command.description(about);
  }
  for (const command of program.commands) pointToHelp(command, program.name());
}

/** After an error: to the help of the command that it is about. */
function pointToHelp(command: Command, above: string): void {
  const path = `${above} ${command.name()}`;
  command.showHelpAfterError(`(${path} --help shows its ${command.commands.length > 0 ? 'commands' : 'options'})`);
  for (const below of command.commands) pointToHelp(below, path);
}
