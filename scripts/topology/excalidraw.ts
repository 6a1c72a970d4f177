/** The Excalidraw file (its format: version 2). No random seeds and no times in it: the same description gives the same bytes. */
import { ARROWS, BOXES } from './description.ts';
import { TEXTS } from './texts.ts';
import { TONES } from './tones.ts';

const FONT_HELVETICA = 2;

/** Excalidraw wants a number for each element; ours is its place in the file. */
const common = (id: string, place: number) => ({
  id,
  angle: 0,
  strokeStyle: 'solid',
  strokeWidth: 2,
  fillStyle: 'solid',
  roughness: 0,
  opacity: 100,
  groupIds: [],
  frameId: null,
  seed: place + 1,
  version: 1,
  versionNonce: place + 1,
  isDeleted: false,
  updated: 1,
  link: null,
  locked: false,
});

type Element = Readonly<Record<string, unknown>>;

function elements(): readonly Element[] {
  const all: Element[] = [];
  for (const box of BOXES) {
    const bound = ARROWS.filter(({ from, to }) => from === box.id || to === box.id).map(({ id }) => ({ id, type: 'arrow' }));
    const { stroke, fill } = TONES[box.tone];
    const { x, y, width, height } = box;
    const place = { x, y, width, height, strokeColor: stroke, backgroundColor: box.kind === 'group' ? 'transparent' : fill };
    all.push({ ...common(box.id, all.length), type: 'rectangle', ...place, roundness: { type: 3 }, boundElements: bound });
  }
  for (const { id, from, to, start, end } of ARROWS) {
    const [dx, dy] = [end[0] - start[0], end[1] - start[1]];
    all.push({
      ...common(id, all.length),
      type: 'arrow',
      x: start[0],
      y: start[1],
      width: Math.abs(dx),
      height: Math.abs(dy),
      strokeColor: TONES.plain.stroke,
      backgroundColor: 'transparent',
      roundness: null,
      boundElements: null,
      points: [
        [0, 0],
        [dx, dy],
      ],
      lastCommittedPoint: null,
      startBinding: { elementId: from, focus: 0, gap: 1 },
      endBinding: { elementId: to, focus: 0, gap: 1 },
      startArrowhead: null,
      endArrowhead: 'arrow',
    });
  }
  for (const { id, text, size, x, y, width, height, align } of TEXTS) {
    all.push({
      ...common(id, all.length),
      type: 'text',
      x,
      y,
      width,
      height,
      strokeColor: TONES.plain.stroke,
      backgroundColor: 'transparent',
      roundness: null,
      boundElements: null,
      text,
      originalText: text,
      fontSize: size,
      fontFamily: FONT_HELVETICA,
      textAlign: align,
      verticalAlign: 'top',
      containerId: null,
      lineHeight: 1.15,
      autoResize: align === 'left',
    });
  }
  return all;
}

export function excalidrawFile(): string {
  const appState = { viewBackgroundColor: '#ffffff', gridSize: null };
  const file = { type: 'excalidraw', version: 2, source: 'scripts/topology.ts', elements: elements(), appState, files: {} };
  return `${JSON.stringify(file, null, 2)}\n`;
}
