/** `sv0 credentials rotate`: on a host that may unwrap data keys, straight on the database (docs/decisions/0012). */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { connectedConfig } from '../compose/connected.ts';
import { openCredentialKeys } from '../compose/credential-keys.ts';
import { createStoredCredentials } from '../compose/credential-store.ts';
import { openRegistry } from '../compose/registry.ts';
import { openStorage } from '../compose/storage.ts';
import type { Cli } from '../terminal.ts';

export function addRotateCommand(credentials: Command, cli: Cli): void {
  credentials
    .command('rotate')
    .description('wrap every data key with the current key-encryption key; goes on where it was interrupted')
    .action(async () => {
      const { config, settings } = await connectedConfig(cli.env);
      const storage = await openStorage(settings);
      try {
        const registry = await openRegistry(config.connectorsFile);
        const keys = await openCredentialKeys(config);
        const { rotate } = createStoredCredentials({ storage, registry, keys, now: () => new Date() });
        const { rewrapped, passed_over, failed } = await rotate(`cli:${userInfo().username}`);
        cli.out.write(`${rewrapped} re-wrapped, ${passed_over} changed meanwhile, ${failed.length} that do not open\n`);
        for (const connection of failed) cli.out.write(`  ${connection}\n`);
        if (failed.length > 0) cli.exitCode = 1;
      } finally {
        await storage.close();
      }
    });
}
