/** The README's configuration table, made of the settings themselves. */
import { SETTINGS } from './config.ts';

const BEGIN = '<!-- settings:begin -->';
const END = '<!-- settings:end -->';

export function withSettingsTable(readme: string): string {
  const rows = Object.entries(SETTINGS).map(([name, { about, default: fallback }]) => `| \`${name}\` | ${about} | ${fallback} |`);
  const table = ['| variable | what it is | default |', '|---|---|---|', ...rows].join('\n');
  return `${readme.slice(0, readme.indexOf(BEGIN) + BEGIN.length)}\n${table}\n${readme.slice(readme.indexOf(END))}`;
}
