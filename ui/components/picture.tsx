/** The picture of a proof, as inline SVG. Each node leads to its source row; what is drawn is also said in the list below it. */
import type { Proof } from '../../domain/views/types.ts';
import { readable } from '../format.ts';
import { NODE_HEIGHT, NODE_WIDTH, place, type PlacedLink, type PlacedNode } from '../picture/layout.ts';
import { type PictureGraph, pictureOf } from '../picture/model.ts';
import { Code, Name } from './text.tsx';

export const rowAnchor = (entity: string): string => `row-${entity}`;

export function Picture({ proof, label }: { proof: Proof; label: string }) {
  const graph = pictureOf(proof);
  if (graph.nodes.length === 0) return <p class="quiet">None of the rows that proved it is in the graph any more.</p>;
  const picture = place(graph);
  return (
    <>
      <div class="wide picture-box" tabindex={0} role="region" aria-label={label}>
        <svg
          class={picture.width > LARGE ? 'picture large' : 'picture'}
          viewBox={`0 0 ${picture.width} ${picture.height}`}
          width={picture.width}
          height={picture.height}
          aria-label={label}
          role="group"
        >
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
              <path d="M0 0 8 4 0 8z" class="arrow" />
            </marker>
          </defs>
          {picture.lanes.map((lane) => (
            <g>
              <rect x="4" y={lane.y} width={picture.width - 8} height={lane.height} rx="6" class="lane" />
              <text x="14" y={lane.y + 19} class="lane-name">
                {readable(lane.name, 32).text}
              </text>
            </g>
          ))}
          {picture.links.map((link) => (
            <Link link={link} />
          ))}
          {picture.nodes.map((node) => (
            <Node node={node} />
          ))}
        </svg>
      </div>
      {graph.left_out === 0 ? null : <p class="quiet">{graph.left_out} more are left out of the picture; the rows below are complete.</p>}
      <Joins graph={graph} />
    </>
  );
}

function Link({ link }: { link: PlacedLink }) {
  return (
    <g class={link.kind}>
      <path d={link.d} class="link" marker-end="url(#arrow)" />
      {link.lines.map((line, index) => (
        <text x={link.label_x} y={link.label_y + index * 13} text-anchor={link.anchor} class="link-label">
          {readable(line, 40).text}
        </text>
      ))}
    </g>
  );
}

/** Wider than a page: where there is room for most of it, it is scaled to be seen whole. */
const LARGE = 1100;

/** Characters that fit a node, also in a wide font. */
const LINE = 17;

/** A name in at most two lines; where it is cut, the title has it whole. */
function nameLines(name: string): readonly string[] {
  const whole = readable(name, 2 * LINE);
  const points = Array.from(whole.text);
  if (points.length <= LINE) return [points.join('')];
  // Broken where a name allows it: behind a separator in the second half of the line.
  const at = points.slice(0, LINE).findLastIndex((point, index) => index > LINE / 2 && /[\s/:._-]/.test(point));
  const first = points.slice(0, at === -1 ? LINE : at + 1);
  const rest = points.slice(first.length);
  const cut = whole.cut || rest.length > LINE;
  return [first.join('').trimEnd(), `${rest.slice(0, cut ? LINE - 1 : LINE).join('')}${cut ? '…' : ''}`];
}

function Node({ node }: { node: PlacedNode }) {
  const lines = nameLines(node.name);
  const shapes = (
    <>
      <title>{readable(node.name, 300).text}</title>
      <rect x={node.x} y={node.y} width={NODE_WIDTH} height={NODE_HEIGHT} rx="5" class="node" />
      {lines.map((line, index) => (
        <text x={node.x + 9} y={node.y + (lines.length === 1 ? 25 : 18) + index * 14} class="node-name">
          {line}
        </text>
      ))}
      <text x={node.x + 9} y={node.y + 51} class="node-kind">
        {readable(node.kind, 26).text}
      </text>
    </>
  );
  return node.entity === null ? <g>{shapes}</g> : <a href={`#${rowAnchor(node.id)}`}>{shapes}</a>;
}

/** What ties two systems together, spelled out: the rule, the key and the value that both sides have. */
function Joins({ graph }: { graph: PictureGraph }) {
  const joins = graph.links.filter((link) => link.kind === 'join');
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  if (joins.length === 0) return null;
  return (
    <ul class="changes" aria-label="Joins between systems">
      {joins.map((join) => (
        <li>
          <Name text={names.get(join.from) ?? ''} /> → <Name text={names.get(join.to) ?? ''} />: joined by rule <Code text={join.label} />{' '}
          on <Code text={join.key ?? ''} /> <Code text={join.value ?? ''} limit={160} />
        </li>
      ))}
    </ul>
  );
}
