/** The emulators that the demo's connectors read, in this process. */
import { startAwsEmulator } from '../../emulators/aws/server.ts';
import { startEntraEmulator } from '../../emulators/entra/server.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import { startServicenowEmulator } from '../../emulators/servicenow/server.ts';
import type { RunningEmulator } from '../../emulators/types.ts';

export interface EmulatorUrls {
  readonly aws: string;
  readonly entra: string;
  readonly github: string;
  readonly servicenow: string;
}

export interface DemoEmulators {
  readonly urls: EmulatorUrls;
  close(): Promise<void>;
}

export async function startDemoEmulators(now: Date): Promise<DemoEmulators> {
  const aws = await startAwsEmulator({ now });
  const github = await startGithubEmulator({ now });
  const entra = await startEntraEmulator({ now });
  const servicenow = await startServicenowEmulator({ now });
  const all: readonly RunningEmulator[] = [aws, entra, github, servicenow];
  return {
    urls: { aws: aws.url, entra: entra.url, github: github.url, servicenow: servicenow.url },
    close: async () => {
      await Promise.all(all.map((emulator) => emulator.close()));
    },
  };
}
