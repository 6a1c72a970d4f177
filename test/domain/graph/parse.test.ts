import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphDocument, graphEdge, graphEntity } from '../../../domain/graph/schema.ts';
import { anyEdge, anyEntity, document, edge, entity, EXPECTED, HEADER, lines, pieces, read } from './documents.ts';
import { parseGraph } from '../../../domain/graph/parse.ts';

describe('encodings', () => {
  it('DATA-01: JSON Lines and one document say the same, wherever the bytes are cut (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEntity, { maxLength: 6 }),
        fc.array(anyEdge, { maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        async (entities, edges, size) => {
          const expected = JSON.parse(JSON.stringify({ header: HEADER, entities, edges }));
          expect(await read(lines(entities, edges), { size })).toEqual(expected);
          expect(await read(document(entities, edges), { size })).toEqual(expected);
          expect(await read(JSON.stringify(JSON.parse(document(entities, edges)), null, 2), { size })).toEqual(expected);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('DATA-01: the header comes first, wherever it stands in the document', async () => {
    const { schema, source_system, source_tenant } = HEADER;
    const text = JSON.stringify({ edges: [edge()], source_tenant, entities: [entity()], schema, source_system });
    const order: string[] = [];
    for await (const record of parseGraph(pieces(text, 7), { expected: EXPECTED })) order.push(record.kind);
    expect(order).toEqual(['header', 'edge', 'entity']);
  });

  it('takes blank lines, CRLF and a last line without its end', async () => {
    const text = lines([entity(), entity({ native_id: 'arn:3' })], [edge()]);
    expect((await read(text.replaceAll('\n', '\r\n\r\n'))).entities).toHaveLength(2);
    expect((await read(`${text}\n\n`)).edges).toHaveLength(1);
  });

  it('takes an empty graph in both encodings', async () => {
    expect(await read(lines([]))).toEqual({ header: HEADER, entities: [], edges: [] });
    expect(await read(document([]))).toEqual({ header: HEADER, entities: [], edges: [] });
    expect(await read(JSON.stringify({ entities: [], ...HEADER }))).toEqual({ header: HEADER, entities: [], edges: [] });
  });
});

describe('what is refused', () => {
  const bad: readonly (readonly [string, string, string, object])[] = [
    ['an unknown type', 'GRAPH_RECORD_INVALID', 'entities[1].type', { type: 'robot' }],
    ['an unknown key', 'GRAPH_RECORD_INVALID', 'entities[1].extra', { extra: 1 }],
    ['a missing key', 'GRAPH_RECORD_INVALID', 'entities[1].native_id', { native_id: undefined }],
    ['an empty id', 'GRAPH_RECORD_INVALID', 'entities[1].native_id', { native_id: '' }],
    ['a number for a string', 'GRAPH_RECORD_INVALID', 'entities[1].display_name', { display_name: 7 }],
    ['a nested prop', 'GRAPH_RECORD_INVALID', 'entities[1].props.foo', { props: { foo: { deep: 1 } } }],
    ['a mixed list', 'GRAPH_RECORD_INVALID', 'entities[1].props.foo', { props: { foo: ['a', 1] } }],
    ['a list of nulls', 'GRAPH_RECORD_INVALID', 'entities[1].props.foo', { props: { foo: [null] } }],
    ['a key in capitals', 'GRAPH_RECORD_INVALID', 'entities[1].props.Foo', { props: { Foo: 1 } }],
    ['a key that begins with $', 'GRAPH_HOSTILE_KEY', 'entities[1].props', { props: { $where: 1 } }],
    ['a dotted key', 'GRAPH_HOSTILE_KEY', 'entities[1].props', { props: { 'a.b': 1 } }],
    ['constructor', 'GRAPH_HOSTILE_KEY', 'entities[1].props', { props: { constructor: 1 } }],
    ['prototype', 'GRAPH_HOSTILE_KEY', 'entities[1].props', { props: { prototype: 'x' } }],
    ['a lone surrogate', 'GRAPH_RECORD_INVALID', 'entities[1].props.foo', { props: { foo: '\ud800' } }],
    ['a lone surrogate in a name', 'GRAPH_RECORD_INVALID', 'entities[1].display_name', { display_name: 'a\udc00' }],
    ['another source system', 'GRAPH_WRONG_SOURCE', 'entities[1].source_system', { source_system: 'github' }],
    ['a category of another run', 'GRAPH_UNEXPECTED_CATEGORY', 'entities[1].category', { category: 'users' }],
    ['a category of the platform', 'GRAPH_RECORD_INVALID', 'entities[1].category', { category: '__sync' }],
    ['a join key with a part too much', 'GRAPH_RECORD_INVALID', 'entities[1].join_keys[0].x', { join_keys: [{ k: 'a', v: 'b', x: 1 }] }],
    ['a join key without value', 'GRAPH_RECORD_INVALID', 'entities[1].join_keys[0].v', { join_keys: [{ k: 'a', v: '' }] }],
  ];

  it.each(bad)('DATA-01: %s, in both encodings, with the field', async (_what, code, field, change) => {
    const entities = [entity(), entity(change)];
    for (const text of [lines(entities), document(entities)]) {
      await expect(read(text)).rejects.toMatchObject({
        name: 'InvalidInputError',
        code,
        field: code === 'GRAPH_HOSTILE_KEY' ? expect.stringContaining('entities[1]') : field,
      });
    }
  });

  it.each([
    ['an end that the type does not join', 'edges[0].to.type', { to: { type: 'owner', native_id: 'x' } }],
    ['a start that the type does not join', 'edges[0].from.type', { from: { type: 'owner', native_id: 'x' } }],
    ['an unknown edge type', 'edges[0].type', { type: 'LIKES' }],
    ['an empty qualifier', 'edges[0].qualifier', { qualifier: '' }],
    ['a null qualifier', 'edges[0].qualifier', { qualifier: null }],
    ['an end with a part too much', 'edges[0].from.id', { from: { type: 'role', native_id: 'x', id: 1 } }],
  ])('DATA-01: %s', async (_what, field, change) => {
    for (const text of [lines([], [edge(change)]), document([], [edge(change)])]) {
      await expect(read(text)).rejects.toMatchObject({ name: 'InvalidInputError', code: 'GRAPH_RECORD_INVALID', field });
    }
  });

  it.each(['entities', 'props', 'join_keys', 'from'])('DATA-01: __proto__ in %s is refused and pollutes nothing', async (where) => {
    const hostile = '{"__proto__":{"polluted":true}}';
    const raw = {
      entities: JSON.stringify({ kind: 'entity', ...entity() }).replace('{', '{"__proto__":{"polluted":true},'),
      props: JSON.stringify({ kind: 'entity', ...entity({ props: 'HERE' }) }).replace('"HERE"', hostile),
      join_keys: JSON.stringify({ kind: 'entity', ...entity({ join_keys: ['HERE'] }) }).replace(
        '"HERE"',
        '{"k":"a","v":"b","__proto__":{"polluted":true}}',
      ),
      from: JSON.stringify({ kind: 'edge', ...edge({ from: 'HERE' }) }).replace(
        '"HERE"',
        '{"type":"role","native_id":"x","__proto__":{"polluted":true}}',
      ),
    }[where];
    await expect(read(`${JSON.stringify(HEADER)}\n${raw}\n`)).rejects.toMatchObject({ code: 'GRAPH_HOSTILE_KEY' });
    const list = where === 'from' ? `"entities":[],"edges":[${raw}]` : `"entities":[${raw}],"edges":[]`;
    const withoutKind = list.replace(/"kind":"\w+",/, '');
    await expect(read(`${JSON.stringify(HEADER).slice(0, -1)},${withoutKind}}`)).rejects.toMatchObject({ code: 'GRAPH_HOSTILE_KEY' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'GRAPH_EMPTY'],
    ['white space', ' \n ', 'GRAPH_EMPTY'],
    ['text', 'hello', 'GRAPH_NOT_JSON'],
    ['a list', '[]', 'GRAPH_NOT_JSON'],
    ['a string', '"x"', 'GRAPH_NOT_JSON'],
    ['a document that was cut', document([entity()]).slice(0, -1), 'GRAPH_NOT_JSON'],
    ['a document that was cut in a record', document([entity()]).slice(0, 200), 'GRAPH_NOT_JSON'],
    ['a line that was cut', lines([entity()]).slice(0, -3), 'GRAPH_NOT_JSON'],
    ['two documents', `${document([])}${document([])}`, 'GRAPH_NOT_JSON'],
    ['a list twice', `${document([]).slice(0, -1)},"entities":[]}`, 'GRAPH_HEADER_INVALID'],
    ['an unknown outer key', `${document([]).slice(0, -1)},"more":[]}`, 'GRAPH_HEADER_INVALID'],
    ['a list that is none', `${JSON.stringify(HEADER).slice(0, -1)},"entities":{}}`, 'GRAPH_RECORD_INVALID'],
    ['a record that is none', `${JSON.stringify(HEADER).slice(0, -1)},"entities":[7]}`, 'GRAPH_RECORD_INVALID'],
    ['no header', `{"entities":[${JSON.stringify(entity())}],"edges":[]}`, 'GRAPH_HEADER_INVALID'],
    ['another schema', document([], [], { ...HEADER, schema: 'sv0.normalized-graph/2' }), 'GRAPH_HEADER_INVALID'],
    ['another schema in lines', lines([], [], { ...HEADER, schema: 'x' }), 'GRAPH_HEADER_INVALID'],
    ['another source', lines([], [], { ...HEADER, source_system: 'github' }), 'GRAPH_WRONG_SOURCE'],
    ['another account', document([], [], { ...HEADER, source_tenant: '999' }), 'GRAPH_WRONG_SOURCE'],
    ['a line of another kind', `${JSON.stringify(HEADER)}\n{"kind":"other"}`, 'GRAPH_RECORD_INVALID'],
    ['a line without kind', `${JSON.stringify(HEADER)}\n${JSON.stringify(entity())}`, 'GRAPH_RECORD_INVALID'],
    ['a number too large for a number', lines([entity({ props: { foo: 'HERE' } })]).replace('"HERE"', '1e999'), 'GRAPH_RECORD_INVALID'],
    ['the same in a document', document([entity({ props: { foo: 'HERE' } })]).replace('"HERE"', '1e999'), 'GRAPH_RECORD_INVALID'],
    ['NaN', lines([entity({ props: { foo: 'HERE' } })]).replace('"HERE"', 'NaN'), 'GRAPH_NOT_JSON'],
  ])('DATA-01: %s', async (_what, text, code) => {
    await expect(read(text)).rejects.toMatchObject({ name: 'InvalidInputError', code });
  });

  it('DATA-01: bytes that are no UTF-8', async () => {
    for (const text of [lines([entity({ display_name: 'HERE' })]), document([entity({ display_name: 'HERE' })])]) {
      const bytes = Buffer.from(text);
      bytes[bytes.indexOf('HERE')] = 0xff;
      await expect(read(bytes)).rejects.toMatchObject({ code: 'GRAPH_NOT_UTF8' });
    }
  });

  it('DATA-01: a refusal never quotes the value', async () => {
    const secret = 'hunter2hunter2';
    for (const change of [
      { display_name: [secret] },
      { type: secret },
      { [secret.toUpperCase()]: 1 },
      { props: { [`${secret} x`]: 1 } },
      { category: secret },
    ]) {
      for (const text of [lines([entity(change)]), document([entity(change)])]) {
        const error = await read(text).catch(
          (it: Error & { problems: unknown }) => `${it.message} ${JSON.stringify(it)} ${JSON.stringify(it.problems)}`,
        );
        expect(String(error).replaceAll(secret.toUpperCase(), '')).not.toContain(secret);
      }
    }
  });
});

describe('limits', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => entity({ native_id: `arn:${index}` }));
  const both = (entities: readonly unknown[], edges: readonly unknown[] = []): readonly string[] => [
    lines(entities, edges),
    document(entities, edges),
  ];

  it.each<[string, string, object, readonly string[]]>([
    ['bytes', 'GRAPH_TOO_LARGE', { bytes: 1000 }, both(many(10))],
    ['entities', 'GRAPH_TOO_MANY', { entities: 3 }, both(many(4))],
    ['edges', 'GRAPH_TOO_MANY', { edges: 1 }, both([], [edge(), edge({ qualifier: 'x' })])],
    ['string length', 'GRAPH_RECORD_INVALID', { string_length: 10 }, both([entity({ props: { foo: 'x'.repeat(11) } })])],
    ['props', 'GRAPH_RECORD_INVALID', { props: 2 }, both([entity({ props: { a: 1, b: 2, c: 3 } })])],
    ['list items', 'GRAPH_RECORD_INVALID', { array_items: 2 }, both([entity({ props: { a: [1, 2, 3] } })])],
    [
      'join keys',
      'GRAPH_RECORD_INVALID',
      { join_keys: 1 },
      both([
        entity({
          join_keys: [
            { k: 'a', v: 'b' },
            { k: 'a', v: 'c' },
          ],
        }),
      ]),
    ],
    ['depth', 'GRAPH_TOO_DEEP', {}, [document([entity({ props: { a: [[[[[[1]]]]]] } })])]],
    ['depth of lines', 'GRAPH_RECORD_INVALID', {}, [lines([entity({ props: { a: [[[[[[1]]]]]] } })])]],
  ])('DATA-01: %s', async (_what, code, limits, texts) => {
    for (const text of texts) await expect(read(text, { limits })).rejects.toMatchObject({ name: 'InvalidInputError', code });
  });

  it('DATA-01: a record that never ends is refused before it fills the memory', async () => {
    let sent = 0;
    async function* endless(start: string): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from(start);
      for (; sent < 200; sent += 1) yield Buffer.alloc(1024 * 1024, 'a');
    }
    for (const start of [
      `${JSON.stringify(HEADER)}\n{"kind":"entity","native_id":"`,
      `${JSON.stringify(HEADER).slice(0, -1)},"entities":[{"native_id":"`,
      `${JSON.stringify(HEADER).slice(0, -1)},"entities":[{"`,
    ]) {
      sent = 0;
      const reading = (async () => {
        for await (const _ of parseGraph(endless(start), { expected: EXPECTED })) continue;
      })();
      await expect(reading).rejects.toMatchObject({ code: 'GRAPH_RECORD_TOO_LARGE' });
      expect(sent).toBeLessThan(8);
    }
  });

  it('a source that fails keeps its own error, and is closed when the reader stops', async () => {
    let closed = 0;
    async function* failing(text: string): AsyncGenerator<Uint8Array, void> {
      try {
        yield Buffer.from(text);
        throw new Error('the store went away');
      } finally {
        closed += 1;
      }
    }
    async function* endless(text: string): AsyncGenerator<Uint8Array, void> {
      try {
        yield Buffer.from(text);
        for (;;) yield Buffer.from(' ');
      } finally {
        closed += 1;
      }
    }
    for (const text of [lines([entity()]), document([entity()]).slice(0, -13)]) {
      const reading = (async () => {
        for await (const _ of parseGraph(failing(`${text}\n`), { expected: EXPECTED })) continue;
      })();
      await expect(reading).rejects.toThrow('the store went away');
      for await (const _ of parseGraph(endless(`${text}\n`), { expected: EXPECTED })) break;
    }
    await expect.poll(() => closed).toBe(4);
  });
});

describe('published schema', () => {
  it('DATA-01: takes what the parser takes (property)', () => {
    fc.assert(fc.property(anyEntity, (it) => graphEntity.safeParse(it).success));
    fc.assert(fc.property(anyEdge, (it) => graphEdge.safeParse(it).success));
    expect(graphDocument.safeParse({ ...HEADER, entities: [entity()], edges: [edge()] }).success).toBe(true);
    expect(graphDocument.safeParse({ ...HEADER, entities: [entity()] }).success).toBe(false);
  });
});
