/** A mapping of a parsed YAML document: nothing is known of its values. */
export type YamlMap = Readonly<Record<string, unknown>>;
export const isMap = (value: unknown): value is YamlMap => typeof value === 'object' && value !== null && !Array.isArray(value);
