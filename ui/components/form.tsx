/** Filters: a plain form with method GET, so that every choice is in the address. */
import { readable } from '../format.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

export function Select({
  name,
  label,
  any,
  options,
  value,
}: {
  name: string;
  label: string;
  any: string;
  options: readonly Option[];
  value: string | undefined;
}) {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{any}</option>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {readable(option.label, 64).text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function TextField({
  name,
  label,
  value,
  options = [],
}: {
  name: string;
  label: string;
  value: string | undefined;
  options?: readonly Option[];
}) {
  const list = options.length === 0 ? {} : { list: `${name}-options` };
  return (
    <label>
      {label}
      <input name={name} value={value ?? ''} maxlength={128} autocomplete="off" spellcheck={false} {...list} />
      {options.length === 0 ? null : (
        <datalist id={`${name}-options`}>
          {options.map((option) => (
            <option value={option.value}>{readable(option.label, 64).text}</option>
          ))}
        </datalist>
      )}
    </label>
  );
}

export function Pager({
  first,
  next,
  what,
  words = ['Newest', 'Older'],
}: {
  first: string | null;
  next: string | null;
  what: string;
  /** How the two ways are called: lists are by time, or by id. */
  words?: readonly [string, string];
}) {
  if (first === null && next === null) return null;
  return (
    <nav class="pager" aria-label="Paging">
      {first === null ? null : (
        <a href={first}>
          {words[0]} {what}
        </a>
      )}
      {next === null ? null : (
        <a href={next} rel="next">
          {words[1]} {what}
        </a>
      )}
    </nav>
  );
}
