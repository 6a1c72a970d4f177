/** The same description as SVG, which a browser turns into the PNG. */
import { ARROWS, BOXES, SIZE } from './description.ts';
import { TEXTS } from './texts.ts';
import { TONES } from './tones.ts';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export function svgPicture(): string {
  const boxes = BOXES.map(({ x, y, width, height, kind, tone }) => {
    const { stroke, fill } = TONES[tone];
    return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" stroke="${stroke}" stroke-width="2" fill="${kind === 'group' ? 'none' : fill}"/>`;
  });
  const arrows = ARROWS.map(
    ({ start, end }) =>
      `<line x1="${start[0]}" y1="${start[1]}" x2="${end[0]}" y2="${end[1]}" stroke="${TONES.plain.stroke}" stroke-width="2.5" marker-end="url(#head)"/>`,
  );
  const texts = TEXTS.map(({ text, size, bold, x, y, width, align }) => {
    const at = align === 'center' ? `x="${x + width / 2}" text-anchor="middle"` : `x="${x}"`;
    return `<text ${at} y="${y + size}" font-size="${size}"${bold ? ' font-weight="bold"' : ''} fill="${TONES.plain.stroke}">${escaped(text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    `<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="${TONES.plain.stroke}"/></marker></defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...boxes,
    ...arrows,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}
