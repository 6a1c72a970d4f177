/** Forms that write: what was typed stays when it is refused, and the message is at the field. What is secret is never sent back. */
import type { Child } from 'hono/jsx';
import { readable } from '../format.ts';
import type { Option } from './form.tsx';

export interface FormState {
  /** As typed; before that, what is stored. A field that is not here is empty. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** What was expected, by field. */
  readonly problems: Readonly<Record<string, string>>;
  /** Why it was not done. */
  readonly refusal: string | null;
  /** After a stale edit: what somebody else stored meanwhile, by field. */
  readonly stored: Readonly<Record<string, string>>;
}

export const emptyForm = (values: FormState['values'] = {}): FormState => ({ values, problems: {}, refusal: null, stored: {} });

const idOf = (name: string): string => `f-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`;

/** Names the fields that were refused, each a link to its field. */
export function Refusal({ form, what }: { form: FormState; what: string }) {
  if (form.refusal === null) return null;
  const problems = Object.entries(form.problems);
  return (
    <div class="notice" role="alert">
      <p>
        <b>{what}:</b> {form.refusal}
      </p>
      {problems.length === 0 ? null : (
        <ul>
          {problems.map(([name, expected]) => (
            <li>
              <a href={`#${idOf(name)}`}>{name}</a>: {expected}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface FieldProps {
  readonly form: FormState;
  readonly name: string;
  readonly label: string;
  readonly hint?: Child;
}

const first = (form: FormState, name: string): string => form.values[name]?.[0] ?? '';

function described({ form, name, hint }: FieldProps): Record<string, string> {
  const ids = [hint === undefined ? [] : [`${idOf(name)}-hint`], form.problems[name] === undefined ? [] : [`${idOf(name)}-problem`]].flat();
  return {
    ...(ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }),
    ...(form.problems[name] === undefined ? {} : { 'aria-invalid': 'true' }),
  };
}

function Notes({ form, name, hint }: FieldProps) {
  const problem = form.problems[name];
  const stored = form.stored[name];
  return (
    <>
      {hint === undefined ? null : (
        <span class="hint" id={`${idOf(name)}-hint`}>
          {hint}
        </span>
      )}
      {problem === undefined ? null : (
        <span class="problem" id={`${idOf(name)}-problem`}>
          Expected: {problem}
        </span>
      )}
      {stored === undefined ? null : (
        <span class="problem">Stored meanwhile: {stored === '' ? 'nothing' : readable(stored, 300).text}</span>
      )}
    </>
  );
}

export function TextInput(
  props: FieldProps & {
    readonly required?: boolean;
    readonly maxlength?: number;
    readonly numeric?: boolean;
    readonly wide?: boolean;
    readonly options?: readonly string[];
  },
) {
  const { form, name, label, required = false, maxlength = 200, numeric = false, wide = false, options } = props;
  return (
    <div class={wide ? 'field wide-field' : 'field'}>
      <label for={idOf(name)}>{label}</label>
      <input
        id={idOf(name)}
        name={name}
        value={first(form, name)}
        maxlength={maxlength}
        required={required}
        autocomplete="off"
        spellcheck={false}
        {...(numeric ? { inputmode: 'numeric' } : {})}
        {...(options === undefined ? {} : { list: `${idOf(name)}-options` })}
        {...described(props)}
      />
      {options === undefined ? null : (
        <datalist id={`${idOf(name)}-options`}>
          {options.map((option) => (
            <option value={option} />
          ))}
        </datalist>
      )}
      <Notes {...props} />
    </div>
  );
}

/** What is typed here goes in and never comes back: refused or not, the field is empty again. */
export function SecretInput(props: FieldProps & { readonly required?: boolean }) {
  const { name, label, required = false } = props;
  return (
    <div class="field wide-field">
      <label for={idOf(name)}>{label}</label>
      <textarea
        id={idOf(name)}
        name={name}
        class="secret"
        rows={2}
        maxlength={16384}
        required={required}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        {...described(props)}
      />
      <Notes {...props} />
    </div>
  );
}

export function TextArea(props: FieldProps & { readonly maxlength?: number; readonly required?: boolean; readonly rows?: number }) {
  const { form, name, label, maxlength = 2000, required = false, rows = 3 } = props;
  return (
    <div class="field wide-field">
      <label for={idOf(name)}>{label}</label>
      <textarea id={idOf(name)} name={name} rows={rows} maxlength={maxlength} required={required} {...described(props)}>
        {first(form, name)}
      </textarea>
      <Notes {...props} />
    </div>
  );
}

export function Choice(props: FieldProps & { readonly options: readonly Option[] }) {
  const { form, name, label, options } = props;
  const chosen = first(form, name);
  return (
    <div class="field">
      <label for={idOf(name)}>{label}</label>
      <select id={idOf(name)} name={name} {...described(props)}>
        {options.map(({ value, label: text }) => (
          <option value={value} selected={value === chosen}>
            {readable(text, 80).text}
          </option>
        ))}
      </select>
      <Notes {...props} />
    </div>
  );
}

export function Check(props: FieldProps) {
  const { form, name, label } = props;
  return (
    <div class="field wide-field">
      <span>
        <input type="checkbox" id={idOf(name)} name={name} value="yes" checked={first(form, name) === 'yes'} {...described(props)} />{' '}
        <label for={idOf(name)}>{label}</label>
      </span>
      <Notes {...props} />
    </div>
  );
}

export interface CheckOption extends Option {
  readonly hint?: string;
}

export function Checks(props: FieldProps & { readonly options: readonly CheckOption[] }) {
  const { form, name, label, options } = props;
  const chosen = new Set(form.values[name] ?? []);
  return (
    <fieldset class="wide-field" id={idOf(name)} {...described(props)}>
      <legend>{label}</legend>
      <Notes {...props} />
      {options.map(({ value, label: text, hint }) => (
        <p>
          <label>
            <input type="checkbox" name={name} value={value} checked={chosen.has(value)} /> {text}
          </label>
          {hint === undefined ? null : <span class="hint">{hint}</span>}
        </p>
      ))}
    </fieldset>
  );
}

export const Hidden = ({ name, value }: { name: string; value: string }) => <input type="hidden" name={name} value={value} />;
