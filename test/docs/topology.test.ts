import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARROWS, type Box, BOXES, CHARACTER, SIZE } from '../../scripts/topology/description.ts';
import { excalidrawFile } from '../../scripts/topology/excalidraw.ts';
import { sourceDigest, sourceOf } from '../../scripts/topology/png-source.ts';
import { type PlacedText, TEXTS } from '../../scripts/topology/texts.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'topology');

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
const meet = (a: Area, b: Area): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const holds = (a: Area, b: Area): boolean => a.x < b.x && a.y < b.y && b.x + b.width < a.x + a.width && b.y + b.height < a.y + a.height;
/** What the letters take, not the field that they are centred in. */
const inked = ({ x, y, width, text, size, align }: PlacedText): Area => {
  const letters = text.length * size * CHARACTER;
  return { x: align === 'center' ? x + (width - letters) / 2 : x, y, width: letters, height: size * 1.2 };
};
/** Every line of the picture runs along an axis, so it is an area too. */
const lineOf = ({ start, end }: (typeof ARROWS)[number]): Area => ({
  x: Math.min(start[0], end[0]),
  y: Math.min(start[1], end[1]),
  width: Math.max(1, Math.abs(end[0] - start[0])),
  height: Math.max(1, Math.abs(end[1] - start[1])),
});
function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a, index) => all.slice(index + 1).map((b): [T, T] => [a, b]));
}

describe('the topology picture', () => {
  it('OPS-05: the Excalidraw file and the PNG are those of the description (`npm run draw:topology`)', () => {
    expect(readFileSync(join(FOLDER, 'connector-runtime-topology.excalidraw'), 'utf8')).toBe(excalidrawFile());
    const png = readFileSync(join(FOLDER, 'connector-runtime-topology.png'));
    expect([sourceOf(png), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([sourceDigest(), SIZE.width, SIZE.height]);
  });

  it('OPS-05: shows every resource group, vault, network part and host name, and the customers', () => {
    const words = TEXTS.map(({ text }) => text).join('\n');
    const groups = ['bootstrap', 'shared', 'staging', 'prod', 'dev'].map((name) => `rg-sv0-${name}`);
    const vaults = ['staging', 'prod', 'dev'].map((name) => `kv-sv0-${name}`);
    const parts = ['VNet', 'Worker VM', 'NAT egress', 'Cloudflare Tunnel', 'app.securityv0.com', 'staging.securityv0.com'];
    const clouds = ['dev-azure.securityv0.com', 'AWS accounts', 'Entra tenants', 'ServiceNow', 'GitHub', "Each customer's clouds"];
    expect([...groups, ...vaults, ...parts, ...clouds].filter((wanted) => !words.includes(wanted))).toEqual([]);
  });

  it('OPS-05: no box or text overlaps another, no line runs through a text or crosses another, each line joins the boxes that it names', () => {
    const complaints: string[] = [];
    const of = (id: string): Box | undefined => BOXES.find((box) => box.id === id);
    for (const [a, b] of pairs(BOXES)) if (meet(a, b) && !holds(a, b) && !holds(b, a)) complaints.push(`${a.id} and ${b.id}`);
    for (const [a, b] of pairs(BOXES)) if (meet(a, b) && [a, b].every(({ kind }) => kind === 'leaf')) complaints.push(`${a.id} in ${b.id}`);
    for (const [a, b] of pairs(TEXTS)) if (meet(inked(a), inked(b))) complaints.push(`“${a.text}” and “${b.text}”`);
    for (const text of TEXTS) {
      const own = BOXES.find(({ id }) => text.id.startsWith(`${id}-t`));
      if (!holds(own ?? { x: 0, y: 0, ...SIZE }, inked(text))) complaints.push(`“${text.text}” leaves its place`);
      const cut = BOXES.filter((box) => box !== own && meet(box, inked(text)) && !holds(box, inked(text)));
      complaints.push(...cut.map(({ id }) => `“${text.text}” on the border of ${id}`));
      for (const arrow of ARROWS) if (meet(lineOf(arrow), inked(text))) complaints.push(`${arrow.id} through “${text.text}”`);
    }
    for (const [a, b] of pairs(ARROWS)) if (meet(lineOf(a), lineOf(b))) complaints.push(`${a.id} crosses ${b.id}`);
    for (const { id, from, to, start, end } of ARROWS) {
      const touches = (box: Box | undefined, [x, y]: readonly [number, number]): boolean =>
        box !== undefined && x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
      if (!touches(of(from), start) || !touches(of(to), end)) complaints.push(`${id} ends in the air`);
    }
    expect(complaints).toEqual([]);
  });
});
