/** The fields of what a connector declares: an instance's config, a scope's parameters. */
import type { ParameterDeclaration } from '../../domain/connectors/manifest.ts';
import { Check, type FormState, TextArea, TextInput } from './fields.tsx';

export function Parameters({
  declared,
  prefix,
  form,
}: {
  declared: Readonly<Record<string, ParameterDeclaration>>;
  prefix: 'config' | 'params';
  form: FormState;
}) {
  return (
    <>
      {Object.entries(declared)
        .sort(([a, one], [b, other]) => Number(other.required) - Number(one.required) || (a < b ? -1 : 1))
        .map(([name, { type, required, description }]) => {
          const common = { form, name: `${prefix}.${name}`, label: `${name.replaceAll('_', ' ')}${required ? '' : ' (optional)'}` };
          if (type === 'boolean') return <Check {...common} hint={description} />;
          if (type === 'string[]')
            return (
              <TextArea {...common} hint={`${description.replace(/[.]?$/, '.')} One a line.`} required={required} maxlength={20_000} />
            );
          return (
            <TextInput
              {...common}
              hint={description}
              required={required}
              maxlength={2_048}
              numeric={type === 'number'}
              wide={type === 'url'}
            />
          );
        })}
    </>
  );
}
