/** The parts of docs/connectors.md that are made from the manifests and the edge types, so that it cannot say something else than they do. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { EDGE_TYPE_TABLE } from '../../domain/graph/edge-types.ts';
import { EDGE_TYPES } from '../../domain/graph/types.ts';

/** The page with its generated parts made anew; throws when a part has no place. */
export function renderConnectorsPage(page: string, manifests: readonly ConnectorManifest[]): string {
  return replacePart(replacePart(page, 'edge types', edgeTable()), 'connectors', connectorSections(manifests));
}

function replacePart(page: string, part: string, text: string): string {
  const begin = `<!-- ${part}: written by connectors/contract/publish.ts -->`;
  const end = `<!-- end of ${part} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no place for its ${part}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}

function edgeTable(): string {
  const rows = [...EDGE_TYPES].sort().map((type) => {
    const { from, to, meaning, flow } = EDGE_TYPE_TABLE[type];
    return `| \`${type}\` | ${from.join(', ')} | ${to.join(', ')} | ${meaning} | ${flow} |`;
  });
  return ['| type | from | to | meaning | authority flows |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function connectorSections(manifests: readonly ConnectorManifest[]): string {
  return [...manifests]
    .sort((a, b) => (a.kind < b.kind ? -1 : 1))
    .map(section)
    .join('\n');
}

function section(manifest: ConnectorManifest): string {
  const variables = manifest.credential_kinds.map((kind) => {
    const names = Object.entries(kind.variables).map(([name, { required, secret }]) => {
      const notes = [...(required ? [] : ['optional']), ...(secret === false ? ['not secret'] : [])];
      return `\`${name}\`${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
    });
    return `\`${kind.kind}\`: ${names.join(', ')}`;
  });
  const parameters = (['config', 'params'] as const).flatMap((group) =>
    Object.entries(manifest[group]).map(
      ([name, it]) => `| \`${group}.${name}\` | ${it.type}${it.required ? ', required' : ''} | ${cell(it.description)} |`,
    ),
  );
  return [
    `### ${manifest.title} (\`${manifest.kind}\`)`,
    '',
    `Credentials: ${variables.length === 0 ? 'none' : variables.join('; ')}.`,
    '',
    '| category | emits | least permissions |',
    '|---|---|---|',
    ...manifest.categories.map(
      (it) =>
        `| \`${it.name}\` ${cell(it.title)} | ${[...it.entities, ...it.edges].map((name) => `\`${name}\``).join(', ')} | ${it.permissions.map(cell).join('; ') || '–'} |`,
    ),
    ...(parameters.length === 0 ? [] : ['', '| parameter | type | meaning |', '|---|---|---|', ...parameters]),
    '',
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
