/** Where a command's document goes: standard output, or a file that only its owner can read and that is there whole or not at all. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { InvalidInputError } from '../../domain/errors.ts';
import type { Terminal } from '../terminal.ts';

/** @throws InvalidInputError `OUTPUT_NOT_WRITABLE` */
export async function writePrivateFile(
  { out }: Pick<Terminal, 'out'>,
  file: string | undefined,
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string>,
): Promise<void> {
  if (file === undefined) {
    for await (const chunk of chunks) if (!out.write(chunk)) await once(out, 'drain');
    return;
  }
  const partial = `${file}.${randomUUID()}.partial`;
  const handle = await open(partial, 'wx', 0o600).catch(() => {
    throw new InvalidInputError('the file cannot be written', {
      code: 'OUTPUT_NOT_WRITABLE',
      field: '--out',
      expected: 'a path in a folder that exists and can be written to',
    });
  });
  try {
    for await (const chunk of chunks) await handle.writeFile(chunk);
    await handle.sync();
    await handle.close();
    await rename(partial, file);
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}
