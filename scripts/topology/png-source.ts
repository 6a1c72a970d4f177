/** Which description a PNG was made of, in a tEXt chunk of its own (PNG specification, 11.3.4.3). */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { excalidrawFile } from './excalidraw.ts';
import { svgPicture } from './svg.ts';

const KEYWORD = 'sv0-source';
/** The signature and the header chunk, behind which the chunk may stand. */
const BEHIND_HEADER = 8 + 25;

export const sourceDigest = (): string => createHash('sha256').update(excalidrawFile()).update(svgPicture()).digest('hex');

export function withSource(png: Buffer): Buffer {
  const content = Buffer.from(`tEXt${KEYWORD}\0${sourceDigest()}`, 'latin1');
  const chunk = Buffer.alloc(content.length + 8);
  chunk.writeUInt32BE(content.length - 4, 0);
  content.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(content), content.length + 4);
  return Buffer.concat([png.subarray(0, BEHIND_HEADER), chunk, png.subarray(BEHIND_HEADER)]);
}

/** Null when there is none. */
export function sourceOf(png: Buffer): string | null {
  const at = png.indexOf(`tEXt${KEYWORD}\0`, 0, 'latin1');
  return at < 0 ? null : png.toString('latin1', at + 5 + KEYWORD.length, at + 5 + KEYWORD.length + 64);
}
