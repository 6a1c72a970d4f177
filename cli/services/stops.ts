/** What was started, stopped in reverse order: once, on a signal, an error, or the end. */
import type { Say } from './say.ts';

export class Stops {
  readonly #steps: { readonly name: string; readonly stop: () => Promise<void> }[] = [];
  #running: Promise<void> | null = null;

  add(name: string, stop: () => Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Resolves at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed); a second one ends the process at once. */
  onSignal(say: Say): Promise<void> {
    return new Promise((resolve) => {
      let asked = false;
      const handle = (): void => {
        if (asked) process.exit(130);
        asked = true;
        say('stopping (once more to stop at once)');
        resolve();
      };
      process.on('SIGINT', handle);
      process.on('SIGTERM', handle);
      process.on('SIGHUP', () => {
        // Nobody reads what is still said, and that must not end us before everything is stopped.
        for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
        handle();
      });
    });
  }

  /** True from the moment that `run` was called. */
  get stopping(): boolean {
    return this.#running !== null;
  }

  run(): Promise<void> {
    this.#running ??= this.#stopAll();
    return this.#running;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#steps.toReversed()) {
      try {
        await stop();
      } catch (error) {
        process.stderr.write(`could not stop ${name}: ${error instanceof Error ? error.message : 'unknown'}\n`);
      }
    }
  }
}
