/** Where each line of text stands: shared by both pictures, and by the test that nothing overlaps. */
import { type Box, BOXES, CHARACTER, FONT, LINE_HEIGHT, WORDS } from './description.ts';

export interface PlacedText {
  readonly id: string;
  readonly text: string;
  readonly size: number;
  readonly bold: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly align: 'left' | 'center';
}

const INSET = 12;

function ofBox(box: Box): readonly PlacedText[] {
  if (box.kind === 'group') return [placed(`${box.id}-title`, box.title, FONT.group, true, box.x + INSET, box.y + 8, null)];
  const height = FONT.leaf * LINE_HEIGHT + box.lines.length * FONT.line * LINE_HEIGHT;
  let y = box.y + (box.height - height) / 2;
  const texts: PlacedText[] = [];
  for (const [index, text] of [box.title, ...box.lines].entries()) {
    const size = index === 0 ? FONT.leaf : FONT.line;
    if (text !== '') texts.push(placed(`${box.id}-text-${index}`, text, size, index === 0, box.x, y, box.width));
    y += size * LINE_HEIGHT;
  }
  return texts;
}

/** `within`: centred in that width; null stands at the left edge and is as wide as it is long. */
function placed(id: string, text: string, size: number, bold: boolean, x: number, y: number, within: number | null): PlacedText {
  const width = within ?? Math.ceil(text.length * size * CHARACTER);
  return {
    id,
    text,
    size,
    bold,
    x,
    y: Math.round(y * 10) / 10,
    width,
    height: Math.ceil(size * LINE_HEIGHT),
    align: within === null ? 'left' : 'center',
  };
}

export const TEXTS: readonly PlacedText[] = [
  ...BOXES.flatMap(ofBox),
  ...WORDS.map(({ id, x, y, text, size }) => placed(id, text, size, id === 'title', x, y, null)),
];
