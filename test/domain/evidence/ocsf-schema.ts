/**
 * What OCSF 1.3.0 says of a Detection Finding and of the objects that ours hold: names, types, which are required, which values an
 * enumeration has. From the schema's own repository at tag 1.3.0: `events/base_event.json`, `events/findings/{finding,detection_finding}.json`,
 * `includes/{classification,occurrence}.json`, `objects/*.json`, `dictionary.json` (https://github.com/ocsf/ocsf-schema).
 */
interface Attribute {
  readonly type: 'string' | 'integer' | 'timestamp' | 'object' | 'free';
  readonly required?: true;
  readonly values?: readonly number[];
  /** Of an object, or of each object of an array. */
  readonly of?: string;
  readonly array?: true;
}

const TEXT: Attribute = { type: 'string' };
const NEEDED_TEXT: Attribute = { type: 'string', required: true };
const TIME: Attribute = { type: 'timestamp' };

const OBJECTS: Readonly<Record<string, Readonly<Record<string, Attribute>>>> = {
  detection_finding: {
    activity_id: { type: 'integer', required: true, values: [0, 1, 2, 3, 99] },
    category_uid: { type: 'integer', required: true, values: [2] },
    class_uid: { type: 'integer', required: true, values: [2004] },
    type_uid: { type: 'integer', required: true, values: [200400, 200401, 200402, 200403, 200499] },
    time: { type: 'timestamp', required: true },
    severity_id: { type: 'integer', required: true, values: [0, 1, 2, 3, 4, 5, 6, 99] },
    status_id: { type: 'integer', values: [0, 1, 2, 3, 4, 99] },
    metadata: { type: 'object', required: true, of: 'metadata' },
    finding_info: { type: 'object', required: true, of: 'finding_info' },
    resources: { type: 'object', of: 'resource_details', array: true },
    remediation: { type: 'object', of: 'remediation' },
    unmapped: { type: 'free' },
  },
  metadata: { version: NEEDED_TEXT, product: { type: 'object', required: true, of: 'product' }, tenant_uid: TEXT },
  product: { vendor_name: NEEDED_TEXT, name: TEXT, uid: TEXT, version: TEXT },
  finding_info: {
    uid: NEEDED_TEXT,
    title: NEEDED_TEXT,
    desc: TEXT,
    created_time: TIME,
    modified_time: TIME,
    analytic: { type: 'object', of: 'analytic' },
  },
  analytic: {
    type_id: { type: 'integer', required: true, values: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99] },
    type: TEXT,
    uid: TEXT,
    name: TEXT,
    version: TEXT,
  },
  resource_details: { uid: TEXT, name: TEXT, namespace: TEXT, type: TEXT },
  remediation: { desc: NEEDED_TEXT },
};

/** Constraint `at_least_one` of `_entity`, which these extend. */
const NAMED = new Set(['product', 'analytic', 'resource_details']);

/** Every way in which the event is not what the schema says; none when it is valid. */
export function ocsfProblems(event: unknown, object = 'detection_finding', at = '$'): readonly string[] {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return [`${at}: not an object`];
  const attributes = OBJECTS[object] ?? {};
  const given = event as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).filter((name) => attributes[name] === undefined);
  const missing = Object.keys(attributes).filter((name) => attributes[name]?.required === true && given[name] === undefined);
  const unnamed = NAMED.has(object) && given['name'] === undefined && given['uid'] === undefined;
  return [
    ...unknown.map((name) => `${at}.${name}: not in the schema`),
    ...missing.map((name) => `${at}.${name}: required`),
    ...(unnamed ? [`${at}: neither name nor uid`] : []),
    ...Object.entries(given).flatMap(([name, value]) => valueProblems(value, attributes[name], `${at}.${name}`)),
  ];
}

function valueProblems(value: unknown, attribute: Attribute | undefined, at: string): readonly string[] {
  if (attribute === undefined || attribute.type === 'free') return [];
  if (attribute.array === true) {
    if (!Array.isArray(value)) return [`${at}: not an array`];
    return value.flatMap((item, index) =>
      valueProblems(item, { type: attribute.type, ...(attribute.of === undefined ? {} : { of: attribute.of }) }, `${at}[${index}]`),
    );
  }
  if (attribute.of !== undefined) return ocsfProblems(value, attribute.of, at);
  if (attribute.type === 'string') return typeof value === 'string' ? [] : [`${at}: not a string`];
  // timestamp_t: milliseconds since 1970.
  if (!Number.isSafeInteger(value)) return [`${at}: not an integer`];
  if (attribute.type === 'timestamp' && (value as number) < 946_684_800_000) return [`${at}: not milliseconds`];
  return attribute.values === undefined || attribute.values.includes(value as number) ? [] : [`${at}: not one of its values`];
}
