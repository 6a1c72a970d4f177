/**
 * OPS-05: where the connector runtime lives, as data. The Excalidraw file and the PNG are both made of it (`npm run draw:topology`), so
 * they cannot differ. Pixels; y grows downward.
 */
export interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines: readonly string[];
  /** A group holds others: its title stands in its upper left corner. */
  readonly kind: 'group' | 'leaf';
  readonly tone: Tone;
}

export type Tone = 'plain' | 'azure' | 'ours' | 'secret' | 'edge' | 'customer';

export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly start: readonly [number, number];
  readonly end: readonly [number, number];
}

export const SIZE = { width: 1560, height: 810 } as const;
export const FONT = { title: 28, group: 16, leaf: 17, line: 14, words: 14, note: 17 } as const;
/** Over what DejaVu Sans and Helvetica take for a character, so that what fits here fits in both pictures. */
export const CHARACTER = 0.6;
export const LINE_HEIGHT = 1.35;

const group = (id: string, at: readonly [number, number, number, number], title: string, tone: Tone): Box => ({
  id,
  x: at[0],
  y: at[1],
  width: at[2],
  height: at[3],
  title,
  lines: [],
  kind: 'group',
  tone,
});
const leaf = (id: string, at: readonly [number, number, number, number], title: string, tone: Tone, ...lines: string[]): Box => ({
  ...group(id, at, title, tone),
  kind: 'leaf',
  lines,
});

export const BOXES: readonly Box[] = [
  leaf('people', [30, 475, 170, 90], 'People and CI', 'plain', 'browser, API'),
  leaf(
    'tunnel',
    [270, 430, 260, 180],
    'Cloudflare Tunnel',
    'edge',
    'app.securityv0.com',
    'staging.securityv0.com',
    'dev-azure.securityv0.com',
    '',
    'opened from inside',
  ),

  group('subscription', [590, 80, 580, 700], 'Azure subscription', 'azure'),
  leaf('bootstrap', [620, 120, 520, 64], 'rg-sv0-bootstrap', 'plain', 'makes the other resource groups'),
  group('shared', [620, 204, 520, 136], 'rg-sv0-shared', 'azure'),
  leaf('kv-prod', [640, 240, 152, 80], 'kv-sv0-prod', 'secret', 'Key Vault'),
  leaf('kv-staging', [804, 240, 180, 80], 'kv-sv0-staging', 'secret', 'Key Vault'),
  leaf('kv-dev', [996, 240, 124, 80], 'kv-sv0-dev', 'secret', 'Key Vault'),
  group('prod', [620, 390, 520, 230], 'rg-sv0-prod', 'azure'),
  group('vnet', [640, 425, 480, 177], 'VNet', 'ours'),
  leaf('vm', [660, 457, 230, 126], 'Worker VM', 'ours', 'API, pipeline, connectors', 'one boxed child per run', 'managed identity'),
  leaf('nat', [960, 467, 140, 106], 'NAT egress', 'edge', 'one public IP', 'outbound only'),
  leaf('staging', [620, 650, 252, 100], 'rg-sv0-staging', 'azure', 'the same shape:', 'VNet, worker VM, NAT'),
  leaf('dev', [888, 650, 252, 100], 'rg-sv0-dev', 'azure', 'the same shape:', 'VNet, worker VM, NAT'),

  group('customers', [1300, 300, 230, 440], "Each customer's clouds", 'customer'),
  leaf('aws', [1320, 340, 190, 84], 'AWS accounts', 'customer', 'read-only role'),
  leaf('entra', [1320, 438, 190, 84], 'Entra tenants', 'customer', 'consented app'),
  leaf('servicenow', [1320, 536, 190, 84], 'ServiceNow', 'customer', 'read-only account'),
  leaf('github', [1320, 634, 190, 84], 'GitHub', 'customer', 'read-only App'),
];

export const ARROWS: readonly Arrow[] = [
  { id: 'in', from: 'people', to: 'tunnel', start: [200, 520], end: [270, 520] },
  { id: 'through', from: 'tunnel', to: 'vm', start: [530, 520], end: [660, 520] },
  { id: 'secret', from: 'vm', to: 'kv-prod', start: [765, 457], end: [765, 320] },
  { id: 'egress', from: 'vm', to: 'nat', start: [890, 520], end: [960, 520] },
  { id: 'out', from: 'nat', to: 'customers', start: [1100, 520], end: [1300, 520] },
];

/** Words beside lines, where no box is: left and upper edge. */
export interface Words {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly size: number;
}

export const WORDS: readonly Words[] = [
  { id: 'in-words', x: 210, y: 494, text: 'HTTPS', size: FONT.words },
  { id: 'title', x: 30, y: 24, text: 'sv0: where the connector runtime lives', size: FONT.title },
  { id: 'secret-words', x: 780, y: 354, text: "one tenant's secret, for one run", size: FONT.words },
  { id: 'out-words', x: 1180, y: 472, text: 'public APIs,', size: FONT.words },
  { id: 'out-words-2', x: 1180, y: 492, text: 'reads only', size: FONT.words },
  { id: 'note', x: 30, y: 690, text: 'Customers allowlist one address:', size: FONT.note },
  { id: 'note-2', x: 30, y: 716, text: 'the NAT egress IP of the environment.', size: FONT.note },
  { id: 'note-3', x: 30, y: 742, text: 'Nothing of ours listens on the internet.', size: FONT.note },
];
