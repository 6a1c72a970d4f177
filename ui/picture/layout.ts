/** Where everything goes: left to right along the flow of authority, one lane per source system. The same graph gives the same picture. */
import { Graph, layout } from '@dagrejs/dagre';
import type { PictureGraph, PictureLink, PictureNode } from './model.ts';

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 46;
const ROW = NODE_HEIGHT + 22;
const LANE_TOP = 34;
const LANE_GAP = 10;
const MARGIN = 14;
/** Of the small text on a link, in pixels a character; a little generous. */
const CHARACTER = 6.4;

export interface PlacedNode extends PictureNode {
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink extends PictureLink {
  readonly d: string;
  readonly label_x: number;
  readonly label_y: number;
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

const labelWidth = (link: PictureLink): number => Math.min(48, Math.max(link.label.length, link.key?.length ?? 0)) * CHARACTER + 20;

export function place(graph: PictureGraph): PlacedPicture {
  const columns = columnsOf(graph);
  const lanes = lanesOf(graph, columns);
  const rows = rowsOf(graph.nodes, columns);
  const tops = new Map<string, Lane>();
  let y = MARGIN;
  for (const name of lanes) {
    const count = 1 + Math.max(...graph.nodes.filter((node) => node.lane === name).map((node) => rows.get(node.id) ?? 0));
    const lane = { name, y, height: LANE_TOP + count * ROW - 8 };
    tops.set(name, lane);
    y += lane.height + LANE_GAP;
  }
  const nodes = graph.nodes.map((node) => ({
    ...node,
    x: MARGIN * 2 + (columns.get(node.id)?.x ?? 0) - NODE_WIDTH / 2,
    y: (tops.get(node.lane)?.y ?? 0) + LANE_TOP + (rows.get(node.id) ?? 0) * ROW,
  }));
  const placed = new Map(nodes.map((node) => [node.id, node]));
  return {
    width: Math.max(...nodes.map((node) => node.x + NODE_WIDTH), 0) + MARGIN * 2,
    height: y - LANE_GAP + MARGIN,
    lanes: [...tops.values()],
    nodes,
    links: graph.links.flatMap((link) => route(link, placed)),
  };
}

type Column = { readonly x: number; readonly y: number };

/** dagre gives the columns (room for the labels between them) and an order that crosses little; rows come from the lanes. */
function columnsOf(graph: PictureGraph): ReadonlyMap<string, Column> {
  const dag = new Graph({ multigraph: true });
  dag.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 24, marginx: 0, marginy: 0 });
  dag.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) dag.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const [index, link] of graph.links.entries()) {
    dag.setEdge(
      link.from,
      link.to,
      { width: labelWidth(link), height: 14, labelpos: 'c', weight: link.kind === 'join' ? 2 : 1 },
      String(index),
    );
  }
  layout(dag);
  return new Map(
    graph.nodes.map((node) => {
      const at = dag.node(node.id) as { x?: number; y?: number };
      return [node.id, { x: Math.round(at.x ?? 0), y: Math.round(at.y ?? 0) }];
    }),
  );
}

/** Lanes from top to bottom in the order in which authority first enters them. */
function lanesOf(graph: PictureGraph, columns: ReadonlyMap<string, Column>): readonly string[] {
  const first = new Map<string, number>();
  for (const node of graph.nodes) {
    const x = columns.get(node.id)?.x ?? 0;
    first.set(node.lane, Math.min(first.get(node.lane) ?? Number.POSITIVE_INFINITY, x));
  }
  return [...first].sort(([a, ax], [b, bx]) => ax - bx || (a < b ? -1 : 1)).map(([lane]) => lane);
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
    let row = laneEnds.findIndex((end) => end <= left);
    if (row === -1) row = laneEnds.length;
    laneEnds[row] = left + NODE_WIDTH + 8;
    rows.set(node.id, row);
  }
  return rows;
}

function route(link: PictureLink, nodes: ReadonlyMap<string, PlacedNode>): readonly PlacedLink[] {
  const [from, to] = [nodes.get(link.from), nodes.get(link.to)];
  if (from === undefined || to === undefined) return [];
  // A step of a cycle points back: it leaves and enters below.
  if (to.x <= from.x) return [back(link, from, to)];
  const [x1, y1, x2, y2] = [from.x + NODE_WIDTH, from.y + NODE_HEIGHT / 2, to.x, to.y + NODE_HEIGHT / 2];
  const blocked = y1 === y2 && [...nodes.values()].some((node) => node.y === from.y && node.x > from.x && node.x < to.x);
  const bend = Math.max(24, (x2 - x1) / 2);
  const lift = blocked ? NODE_HEIGHT / 2 + 12 : 0;
  const d = blocked
    ? `M${from.x + NODE_WIDTH - 12} ${from.y}C${x1 + 20} ${from.y - lift} ${x2 - 20} ${to.y - lift} ${to.x + 12} ${to.y}`
    : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return [{ ...link, d, label_x: Math.round((x1 + x2) / 2), label_y: Math.round(blocked ? from.y - lift + 6 : (y1 + y2) / 2 - 5) }];
}

function back(link: PictureLink, from: PlacedNode, to: PlacedNode): PlacedLink {
  const [x1, y1, x2, y2] = [from.x + NODE_WIDTH / 2, from.y + NODE_HEIGHT, to.x + NODE_WIDTH / 2, to.y + NODE_HEIGHT];
  const low = Math.max(y1, y2) + 26;
  return { ...link, d: `M${x1} ${y1}C${x1} ${low} ${x2} ${low} ${x2} ${y2}`, label_x: Math.round((x1 + x2) / 2), label_y: low - 4 };
}
