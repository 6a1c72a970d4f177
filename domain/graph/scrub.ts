/**
 * The second wall before storage (DATA-09): converters take allowlisted fields, and whatever still looks like a secret is replaced here,
 * in every string of the graph. Deterministic: an edge's end and the entity that it names are replaced alike.
 */
import { SECRET_PATTERNS, SECRET_PROPS } from './secret-patterns.ts';
import type { EntityRef, GraphEdge, GraphEntity, Props, PropValue } from './types.ts';

export const REDACTED = '[redacted]';

/** Shorter than the shortest secret that a pattern knows. */
const SHORTEST = 8;

/** One look that rules nearly every string out: something of every pattern is in here (a test feeds it each pattern's examples). */
const SUSPECT = new RegExp(
  [
    ...[
      '-----BEGIN',
      'eyJ',
      'gh[pousr]_',
      'github_pat_',
      '\\bgl[a-z]{2,5}-',
      'xox[a-z]',
      'xapp-',
      'hooks\\.slack',
      '[rs]k_(?:live|test)_',
      'whsec_',
    ],
    ...[
      'AIza',
      'ya29\\.',
      'GOCSPX-',
      '\\bsk-',
      '\\bnpm_',
      'pypi-AgE',
      'dckr_pat_',
      '\\bSG\\.',
      'dop_v1_',
      'dapi',
      '\\bhv[sbr]\\.',
      'shp[a-z]{2}_',
      'ATATT3',
    ],
    ...['\\dQ~', '\\b[sS][iI][gG]=', '(?:FwoG|IQoJ|FQoG)', ':\\/\\/[^\\s/]*@'],
    // Named values, headers and connection strings.
    ...[
      '[pP][aA][sS][sS]',
      '[pP][wW][dD]',
      '[sS][eE][cC][rR][eE][tT]',
      '[kK][eE][yY]\\b',
      '[aA][cC][cC][eE][sS][sS]',
      '[tT][oO][kK][eE][nN]',
    ],
    ...['[bB][eE][aA][rR][eE][rR]', '[bB][aA][sS][iI][cC]', '[sS][tT][rR][iI][nN][gG]'],
  ].join('|'),
);

export interface Scrubber {
  /** How many strings were changed so far. */
  readonly count: number;
  text(value: string): string;
  entity(entity: GraphEntity): GraphEntity;
  edge(edge: GraphEdge): GraphEdge;
}

function once(value: string): string {
  let clean = value;
  for (const { pattern, accept } of SECRET_PATTERNS) {
    clean = clean.replace(pattern, (match: string, ...rest: unknown[]) => {
      if (accept !== undefined && !accept(match)) return match;
      const groups = rest.at(-1);
      const kept = typeof groups === 'object' && groups !== null ? (groups as { before?: string; after?: string }) : {};
      return `${kept.before ?? ''}${REDACTED}${kept.after ?? ''}`;
    });
  }
  return clean;
}

export function createScrubber(): Scrubber {
  let count = 0;

  const text = (value: string): string => {
    if (value.length < SHORTEST || !SUSPECT.test(value)) return value;
    let clean = value;
    // A replacement can set free what stood right behind it: until nothing changes any more.
    for (let before = ''; before !== clean; ) {
      before = clean;
      clean = once(clean);
    }
    if (clean !== value) count += 1;
    return clean;
  };

  const whole = (value: PropValue): PropValue => {
    const redacted = (item: string): string => {
      if (item === '' || item === REDACTED) return item;
      count += 1;
      return REDACTED;
    };
    if (typeof value === 'string') return redacted(value);
    return Array.isArray(value) && value.some((item) => typeof item === 'string') ? value.map((item) => redacted(String(item))) : value;
  };

  const prop = (value: PropValue): PropValue => {
    if (typeof value === 'string') return text(value);
    return Array.isArray(value) && typeof value[0] === 'string' ? (value as readonly string[]).map(text) : value;
  };

  const props = (given: Props): Props =>
    Object.fromEntries(Object.entries(given).map(([key, value]) => [key, SECRET_PROPS.has(key) ? whole(value) : prop(value)]));

  const ref = (given: EntityRef): EntityRef => ({
    type: given.type,
    native_id: text(given.native_id),
    ...(given.source_tenant === undefined ? {} : { source_tenant: text(given.source_tenant) }),
  });

  return {
    get count() {
      return count;
    },
    text,
    entity: (entity) => ({
      ...entity,
      source_tenant: text(entity.source_tenant),
      native_id: text(entity.native_id),
      display_name: text(entity.display_name),
      props: props(entity.props),
      join_keys: entity.join_keys.map(({ k, v }) => ({ k, v: text(v) })),
    }),
    edge: (edge) => ({
      ...edge,
      from: ref(edge.from),
      to: ref(edge.to),
      ...(edge.qualifier === undefined ? {} : { qualifier: text(edge.qualifier) }),
      props: props(edge.props),
    }),
  };
}
