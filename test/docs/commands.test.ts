/** What the documents tell a reader to type or to open is there: npm scripts, commands with their options, files, anchors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cli } from '../../cli/terminal.ts';
import { addCommands } from '../../cli/commands/index.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...markdownBelow('docs'), ...markdownBelow(join('docs', 'decisions'))];
const pages = PAGES.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Record<string, string> }).scripts;

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join(folder, name));
}

/** Code spans and lines of code blocks: what is meant to be typed. */
const typed = (text: string): readonly string[] =>
  text
    .split(/^\s*```.*$/m)
    .flatMap((part, index) => (index % 2 === 1 ? part.split('\n') : [...part.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)));

/** Of each page what `find` gives, with the page's name. */
const everywhere = (find: (code: string) => readonly string[]): readonly string[] =>
  pages.flatMap(({ path, text }) => typed(text).flatMap((code) => find(code).map((found) => `${path}: ${found}`)));

let program: Command;
/** As `sv0 --help` knows them, without having loaded one. */
let help: Command;
beforeAll(async () => {
  [program, help] = [new Command('sv0'), new Command('sv0')];
  await addCommands(help, undefined, {} as Cli);
  for (const command of help.commands) {
    const known = program.commands.some((one) => one.name() === command.name());
    if (!known) await addCommands(program, command.name(), {} as Cli);
  }
});

/** What is wrong with one `sv0 …` line: an unknown command or option; undefined when it can be typed as it stands. */
function wrongWith(line: string): string | undefined {
  const words = line
    .replace(/\s+(?:[|&>#;]|2>).*$/, '')
    .split(/\s+/)
    .slice(1);
  let command = program;
  while (words.length > 0 && command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined)
      return /^[a-z-]+$/.test(words[0] ?? '') && !words[0]?.startsWith('-') ? `sv0 ${words.join(' ')}: no such command` : undefined;
    command = next;
    words.shift();
  }
  const known = new Set(['--help', ...command.options.flatMap(({ long, short }) => [long, short])]);
  const unknown = words.map((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1]).filter((option) => option !== undefined && !known.has(option));
  return unknown.length === 0 ? undefined : `${line}: ${unknown.join(' ')}`;
}

it('OPS-01: sv0 --help names every command that there is, with the same words', () => {
  const told = (of: Command) => of.commands.map((command) => [command.name(), command.description()]);
  expect(help.commands.length).toBeGreaterThan(20);
  expect(told(program)).toEqual(told(help));
  expect(told(program).filter(([, about]) => about === '')).toEqual([]);
});

describe('the documents', () => {
  it('name only npm scripts that exist', () => {
    const named = everywhere((code) => [...code.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => scripts[name.split(': ')[1] ?? ''] === undefined)).toEqual([]);
  });

  it('OPS-01: name only commands and options that exist', () => {
    let seen = 0;
    const wrong = everywhere((code) => {
      const lines = [...code.matchAll(/^\s*(?:npm run sv0 -- |sv0 )((?:[a-z][a-z-]+)(?: .*)?)$/g)].map(([, rest = '']) => `sv0 ${rest}`);
      seen += lines.length;
      return lines.map(wrongWith).filter((problem) => problem !== undefined);
    });
    expect(seen).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });

  it('OPS-02: docs/doctor.md names every check of `sv0 doctor`, and no other', () => {
    const folder = join(ROOT, 'cli', 'doctor');
    const made = readdirSync(folder).flatMap((file) => [
      ...readFileSync(join(folder, file), 'utf8').matchAll(/(?:ok|warning|failed)\(\s*'([a-z]+\.[a-z_]+)'/g),
    ]);
    const database = readFileSync(join(ROOT, 'storage', 'mongo', 'conformance.ts'), 'utf8').matchAll(/\bname: '([a-z_]+)',/g);
    const ids = new Set([...made.map(([, id = '']) => id), ...[...database].map(([, name = '']) => `mongodb.${name}`)]);
    expect(ids.size).toBeGreaterThan(15);
    const table = readFileSync(join(ROOT, 'docs', 'doctor.md'), 'utf8').matchAll(/^\| (`[a-z]+\.[^|]+) \|/gm);
    const told = [...table].flatMap(([, cell = '']) => [...cell.matchAll(/`([a-z]+\.[a-z_]+)`/g)].map(([, id = '']) => id));
    expect(told.sort()).toEqual([...ids].sort());
  });

  it('link only to files and headings that are there', () => {
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s/g, '-');
    const dead = pages.flatMap(({ path, text }) =>
      [...text.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [file = '', anchor] = target.split('#');
          const full = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
          if (!existsSync(full)) return true;
          if (anchor === undefined) return false;
          return ![...readFileSync(full, 'utf8').matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => slug(heading) === anchor);
        })
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  it('name only files of the project that are there', () => {
    const rooms = readdirSync(ROOT, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !['node_modules', 'dist'].includes(entry.name),
    );
    const room = new RegExp(
      `^(?:${rooms.map(({ name }) => name).join('|')})/[\\w./-]+\\.(?:ts|tsx|md|json|yml|yaml|mjs|png|excalidraw|cjs)$`,
    );
    const named = everywhere((code) => (room.test(code) ? [code] : []));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !existsSync(join(ROOT, name.split(': ')[1] ?? '')))).toEqual([]);
  });
});
