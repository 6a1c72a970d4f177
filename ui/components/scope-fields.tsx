/** What a scope reads, and within which bounds: the same fields to make one and to change it. */
import type { ConnectorManifest } from '../../domain/connectors/manifest.ts';
import { TENANCY_LIMITS } from '../../domain/tenancy/limits.ts';
import type { ScanScope } from '../../domain/tenancy/types.ts';
import { Checks, Choice, type FormState, TextInput } from './fields.tsx';
import { Parameters } from './parameters.tsx';

const STATUSES = [
  { value: 'active', label: 'active' },
  { value: 'disabled', label: 'disabled: nothing starts it' },
];

export function ScopeFields({ form, manifest, existing }: { form: FormState; manifest: ConnectorManifest; existing: boolean }) {
  const { budgetSeconds, cooldownSeconds, name } = TENANCY_LIMITS;
  return (
    <>
      <TextInput form={form} name="name" label="Name" required maxlength={name} wide />
      <Checks
        form={form}
        name="categories"
        label="Categories"
        options={manifest.categories.map((category) => ({
          value: category.name,
          label: category.title,
          hint: `${category.name}; needs ${category.permissions.length === 0 ? 'nothing' : category.permissions.join(', ')}`,
        }))}
      />
      <Parameters declared={manifest.params} prefix="params" form={form} />
      <TextInput
        form={form}
        name="budget"
        label="Time budget, seconds"
        required
        numeric
        maxlength={6}
        hint={`${budgetSeconds.min} to ${budgetSeconds.max}: a run that takes longer is stopped`}
      />
      <TextInput
        form={form}
        name="cooldown_seconds"
        label="Cooldown, seconds"
        required
        numeric
        maxlength={6}
        hint={`${cooldownSeconds.min} to ${cooldownSeconds.max}: no scheduled start for so long after a lasting failure`}
      />
      {existing ? <Choice form={form} name="status" label="Status" options={STATUSES} /> : null}
    </>
  );
}

/** The stored scope as the fields show it. */
export function scopeValues(
  scope: Pick<ScanScope, 'name' | 'categories' | 'params' | 'budget' | 'cooldown_seconds' | 'status'>,
): Readonly<Record<string, readonly string[]>> {
  return {
    name: [scope.name],
    categories: scope.categories,
    budget: [String(scope.budget.max_runtime_seconds)],
    cooldown_seconds: [String(scope.cooldown_seconds)],
    status: [scope.status],
    ...parameterValues(scope.params, 'params'),
  };
}

export function parameterValues(
  values: Readonly<Record<string, unknown>>,
  prefix: 'config' | 'params',
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `${prefix}.${name}`,
      [Array.isArray(value) ? value.map(String).join('\n') : value === true ? 'yes' : value === false ? '' : String(value)],
    ]),
  );
}
