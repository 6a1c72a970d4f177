/** Takes the pictures that the browser test made for the README into docs/screenshots (`npm run screenshots`). */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '..');
const made = join(PROJECT, '.sv0', 'screenshots');
const kept = join(PROJECT, 'docs', 'screenshots');

await mkdir(kept, { recursive: true });
for (const file of (await readdir(made)).filter((name) => name.startsWith('readme-')).sort()) {
  await copyFile(join(made, file), join(kept, file.slice('readme-'.length)));
  process.stdout.write(`docs/screenshots/${file.slice('readme-'.length)}\n`);
}
