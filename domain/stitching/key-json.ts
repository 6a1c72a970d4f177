/** Join keys whose value is JSON: the reading that the kinds of them share. */
import type { OidcTrust } from './keys.ts';

/** Null when it is no JSON object. */
export function jsonObject(value: string): Readonly<Record<string, unknown>> | null {
  let read: unknown;
  try {
    read = JSON.parse(value);
  } catch {
    return null;
  }
  return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : null;
}

export function isCondition(value: unknown): value is OidcTrust['subjects'][number] {
  if (typeof value !== 'object' || value === null) return false;
  const { op, value: text } = value as Record<string, unknown>;
  return (op === 'StringEquals' || op === 'StringLike') && typeof text === 'string';
}
