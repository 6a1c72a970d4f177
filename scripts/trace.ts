/** Prints every requirement id with the tests whose titles name it, and the ids that no test names. `npm run trace` */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const ID = /\b(?:RUN|FLOW|GATE|CRED|CONN|API|UI|OPS|DATA)-\d{2}\b/g;
const TITLE = /\b(?:describe|it|test)(?:\.each\([\s\S]*?\))?(?:\.\w+)?\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*)\1/g;

function requirements(): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs', 'requirements.md'), 'utf8');
  return [
    ...new Set([...text.matchAll(/^- ((?:RUN|FLOW|GATE|CRED|CONN|API|UI|OPS|DATA)-\d{2})\b/gm)].map((match) => match[1] ?? '')),
  ].sort();
}

/** Ids in titles count; ids in comments do not. A range such as `CRED-03…CRED-05` names its ends only. */
function testsById(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    for (const match of readFileSync(file, 'utf8').matchAll(TITLE)) {
      const title = match[2] ?? '';
      for (const id of new Set(title.match(ID) ?? [])) found.set(id, [...(found.get(id) ?? []), `${relative(ROOT, file)}: ${title}`]);
    }
  }
  return found;
}

const ids = requirements();
const tests = testsById();
for (const id of ids) {
  const named = tests.get(id) ?? [];
  process.stdout.write(`${id}${named.length === 0 ? '  (no test)' : ''}\n`);
  for (const title of named) process.stdout.write(`    ${title}\n`);
}
const missing = ids.filter((id) => !tests.has(id));
const unknown = [...tests.keys()].filter((id) => !ids.includes(id)).sort();
process.stdout.write(`\n${ids.length - missing.length} of ${ids.length} requirements are named by a test.\n`);
if (missing.length > 0) process.stdout.write(`Without a test: ${missing.join(' ')}\n`);
if (unknown.length > 0) {
  process.stdout.write(`Named by a test but not a requirement: ${unknown.join(' ')}\n`);
  process.exitCode = 1;
}
