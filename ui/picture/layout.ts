/**
 * Where everything goes: left to right along the flow of authority, one lane per source system, a join straight down (or up) into the next
 * lane. The same graph gives the same picture.
 */
import { Graph, layout } from '@dagrejs/dagre';
import type { PictureGraph, PictureLink, PictureNode } from './model.ts';

export const NODE_WIDTH = 142;
export const NODE_HEIGHT = 62;
const ROW = NODE_HEIGHT + 20;
const LANE_TOP = 44;
const LANE_GAP = 8;
const MARGIN = 14;
/** Of the small text on a link, in pixels a character; a little generous. */
const CHARACTER = 6;

export interface PlacedNode extends PictureNode {
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink extends PictureLink {
  readonly d: string;
  /** Lines of text from `label_y` on downwards. */
  readonly lines: readonly string[];
  readonly label_x: number;
  readonly label_y: number;
  readonly anchor: 'start' | 'middle';
}

export interface Lane {
  readonly name: string;
  readonly y: number;
  readonly height: number;
}

export interface PlacedPicture {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

export function place(graph: PictureGraph): PlacedPicture {
  const columns = columnsOf(graph);
  const rows = rowsOf(graph.nodes, columns);
  const lanes = lanesOf(graph, columns, rows);
  const tops = new Map(lanes.map((lane) => [lane.name, lane.y]));
  const nodes = graph.nodes.map((node) => ({
    ...node,
    x: MARGIN * 2 + (columns.get(node.id)?.x ?? 0) - NODE_WIDTH / 2,
    y: (tops.get(node.lane) ?? 0) + LANE_TOP + (rows.get(node.id) ?? 0) * ROW,
  }));
  const placed = new Map(nodes.map((node) => [node.id, node]));
  const last = lanes.at(-1);
  return {
    width: nodes.reduce((widest, node) => Math.max(widest, node.x + NODE_WIDTH), 0) + MARGIN * 2,
    height: (last === undefined ? 0 : last.y + last.height) + MARGIN,
    lanes,
    nodes,
    links: graph.links.flatMap((link) => route(link, placed)),
  };
}

type Column = { readonly x: number; readonly y: number };

/** dagre gives the columns (with room for the labels between them) and an order that crosses little. What a join ties together is one of its nodes. */
function columnsOf(graph: PictureGraph): ReadonlyMap<string, Column> {
  const groups = joined(graph);
  const groupOf = (id: string): string => groups.get(id) ?? id;
  const dag = new Graph({ multigraph: true });
  dag.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 8, marginx: 0, marginy: 0 });
  dag.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) dag.setNode(groupOf(node.id), { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [index, link] of graph.links.entries()) {
    const [from, to] = [groupOf(link.from), groupOf(link.to)];
    if (from === to) continue;
    const longest = stepLines(link.label).reduce((most, line) => Math.max(most, line.length), 4);
    dag.setEdge(from, to, { width: longest * CHARACTER + 12, height: 14, labelpos: 'c' }, String(index));
  }
  layout(dag);
  return new Map(
    graph.nodes.map((node) => {
      const at = dag.node(groupOf(node.id)) as { x?: number; y?: number };
      return [node.id, { x: Math.round(at.x ?? 0), y: Math.round(at.y ?? 0) }];
    }),
  );
}

/** From a node to the one that stands for everything that joins tie to it. */
function joined(graph: PictureGraph): ReadonlyMap<string, string> {
  const leader = new Map(graph.nodes.map((node) => [node.id, node.id]));
  const find = (id: string): string => {
    let at = id;
    for (let next = leader.get(at); next !== undefined && next !== at; next = leader.get(at)) at = next;
    return at;
  };
  for (const link of graph.links) if (link.kind === 'join') leader.set(find(link.to), find(link.from));
  return new Map(graph.nodes.map((node) => [node.id, find(node.id)]));
}

/** Lanes from top to bottom in the order in which the graph names them: that of authority. */
function lanesOf(graph: PictureGraph, columns: ReadonlyMap<string, Column>, rows: ReadonlyMap<string, number>): readonly Lane[] {
  const first = new Map<string, { x: number; rows: number }>();
  for (const node of graph.nodes) {
    const known = first.get(node.lane);
    const [x, row] = [columns.get(node.id)?.x ?? 0, (rows.get(node.id) ?? 0) + 1];
    first.set(node.lane, { x: Math.min(known?.x ?? x, x), rows: Math.max(known?.rows ?? 0, row) });
  }
  const lanes: Lane[] = [];
  let y = MARGIN;
  // A stable sort: lanes that begin in the same column stay in the graph's order.
  for (const [name, lane] of [...first].sort(([, a], [, b]) => a.x - b.x)) {
    const height = LANE_TOP + lane.rows * ROW - 6;
    lanes.push({ name, y, height });
    y += height + LANE_GAP;
  }
  return lanes;
}

/** Within a lane, nodes that would cover each other go below each other. */
function rowsOf(nodes: readonly PictureNode[], columns: ReadonlyMap<string, Column>): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  const at = (node: PictureNode): Column => columns.get(node.id) ?? { x: 0, y: 0 };
  const ordered = [...nodes].sort((a, b) => at(a).x - at(b).x || at(a).y - at(b).y || (a.id < b.id ? -1 : 1));
  const ends = new Map<string, number[]>();
  for (const node of ordered) {
    const laneEnds = ends.get(node.lane) ?? [];
    ends.set(node.lane, laneEnds);
    const left = at(node).x - NODE_WIDTH / 2;
    const free = laneEnds.findIndex((end) => end <= left);
    const row = free === -1 ? laneEnds.length : free;
    laneEnds[row] = left + NODE_WIDTH;
    rows.set(node.id, row);
  }
  return rows;
}

/** `can request oidc` in two lines, broken where the longer one is shortest. */
function stepLines(label: string): readonly string[] {
  const words = label.slice(0, 48).split(' ');
  if (label.length <= 11 || words.length === 1) return [words.join(' ')];
  const splits = words.slice(1).map((_, index) => [words.slice(0, index + 1).join(' '), words.slice(index + 1).join(' ')] as const);
  const longer = ([first, second]: readonly [string, string]): number => Math.max(first.length, second.length);
  return splits.reduce((best, split) => (longer(split) < longer(best) ? split : best));
}

function route(link: PictureLink, nodes: ReadonlyMap<string, PlacedNode>): readonly PlacedLink[] {
  const [from, to] = [nodes.get(link.from), nodes.get(link.to)];
  if (from === undefined || to === undefined) return [];
  if (from.x === to.x) return [vertical(link, from, to)];
  return [to.x < from.x ? back(link, from, to) : onward(link, from, to, nodes)];
}

function onward(link: PictureLink, from: PlacedNode, to: PlacedNode, nodes: ReadonlyMap<string, PlacedNode>): PlacedLink {
  const [x1, y1, x2, y2] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2, to.x, to.y + NODE_HEIGHT / 2];
  const lines = stepLines(link.label);
  const label_x = Math.round((x1 + x2) / 2);
  const blocked = y1 === y2 && [...nodes.values()].some((node) => node.y === from.y && node.x > from.x && node.x < to.x);
  if (blocked) {
    const above = from.y - 22;
    const d = `M${x1 - 14} ${from.y}C${x1 + 10} ${above} ${x2 - 10} ${above} ${x2 + 14} ${to.y}`;
    return { ...link, d, lines: [link.label], label_x, label_y: above + 3, anchor: 'middle' };
  }
  const bend = Math.max(16, (x2 - x1) / 2);
  const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return { ...link, d, lines, label_x, label_y: Math.round((y1 + y2) / 2) - (lines.length > 1 ? 18 : 5), anchor: 'middle' };
}

/** Between two nodes of one column: a join into another lane. Over more than one lane it goes around what is between. */
function vertical(link: PictureLink, from: PlacedNode, to: PlacedNode): PlacedLink {
  const down = to.y > from.y;
  const x = from.x + NODE_WIDTH / 2;
  const [y1, y2] = down ? [from.y + NODE_HEIGHT, to.y] : [from.y, to.y + NODE_HEIGHT];
  const far = Math.abs(y2 - y1) > LANE_TOP + LANE_GAP + 20;
  const around = x + NODE_WIDTH * 0.7;
  const d = far
    ? `M${x} ${y1}C${around} ${y1 + (down ? 40 : -40)} ${around} ${y2 - (down ? 40 : -40)} ${x} ${y2}`
    : `M${x} ${y1}L${x} ${y2}`;
  const lines = link.key === null ? [link.label] : [link.label, link.key];
  return { ...link, d, lines, label_x: x + 9, label_y: down ? y2 - 24 : y1 - 24, anchor: 'start' };
}

/** A step of a cycle: it leaves and enters below. */
function back(link: PictureLink, from: PlacedNode, to: PlacedNode): PlacedLink {
  const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2, to.y + NODE_HEIGHT];
  const low = Math.max(y1, y2) + 24;
  return {
    ...link,
    d: `M${x1} ${y1}C${x1} ${low} ${x2} ${low} ${x2} ${y2}`,
    lines: [link.label],
    label_x: Math.round((x1 + x2) / 2),
    label_y: low - 3,
    anchor: 'middle',
  };
}
