/** The emulators that the demo's connectors read, in this process. */
import { startAwsEmulator } from '../../emulators/aws/server.ts';
import { startGithubEmulator } from '../../emulators/github/server.ts';
import type { RunningEmulator } from '../../emulators/types.ts';

export interface EmulatorUrls {
  readonly aws: string;
  readonly github: string;
}

export interface DemoEmulators {
  readonly urls: EmulatorUrls;
  close(): Promise<void>;
}

export async function startDemoEmulators(now: Date): Promise<DemoEmulators> {
  const aws = await startAwsEmulator({ now });
  const github = await startGithubEmulator({ now });
  const all: readonly RunningEmulator[] = [aws, github];
  return {
    urls: { aws: aws.url, github: github.url },
    close: async () => {
      await Promise.all(all.map((emulator) => emulator.close()));
    },
  };
}
