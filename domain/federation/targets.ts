/** The identifiers that come back from customers: their form, whose account they are of, and what must be unique about them. */
import { InvalidInputError, type InputProblem } from '../errors.ts';
import type { BindingTarget, FederationBinding, TargetedBinding } from './types.ts';

const ROLE_ARN = /^arn:(?:aws|aws-cn|aws-us-gov):iam::(\d{12}):role\/(?:[\x21-\x7e]{1,510}\/)?[\w+=,.@-]{1,64}$/;
const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const MAX_GITHUB_ID = 2 ** 48;

/**
 * The target as it is stored. `source_tenant` is the instance's: a role of another account, or another directory, is refused before anything is asked.
 * @throws InvalidInputError `INVALID_BINDING` with every wrong field
 */
export function checkedTarget(target: BindingTarget, source_tenant: string): BindingTarget {
  switch (target.provider) {
    case 'aws_assume_role': {
      const arn: unknown = target.role_arn;
      const account = typeof arn === 'string' ? ROLE_ARN.exec(arn)?.[1] : undefined;
      if (account === undefined) throw invalid([{ field: 'role_arn', expected: 'arn:aws:iam::<account>:role/<name>' }]);
      if (account !== source_tenant) throw invalid([{ field: 'role_arn', expected: `a role of the account ${source_tenant}` }]);
      return { provider: target.provider, role_arn: target.role_arn };
    }
    case 'entra_app': {
      const id: unknown = target.entra_tenant_id;
      const entra_tenant_id = typeof id === 'string' ? id.toLowerCase() : '';
      if (!GUID.test(entra_tenant_id)) throw invalid([{ field: 'entra_tenant_id', expected: 'a directory (tenant) id' }]);
      if (entra_tenant_id !== source_tenant.toLowerCase())
        throw invalid([{ field: 'entra_tenant_id', expected: `the directory ${source_tenant}` }]);
      return { provider: target.provider, entra_tenant_id };
    }
    case 'github_app': {
      const { installation_id, account_id } = target;
      const problems = Object.entries({ installation_id, account_id })
        .filter(([, id]) => !Number.isSafeInteger(id) || id < 1 || id > MAX_GITHUB_ID)
        .map(([field]) => ({ field, expected: 'a positive whole number' }));
      if (problems.length > 0) throw invalid(problems);
      return { provider: target.provider, installation_id, account_id };
    }
    default:
      throw invalid([{ field: 'provider', expected: 'aws_assume_role, entra_app or github_app' }]);
  }
}

/** Whether a target that was checked once is still of what the connection reads. An organisation's installation does not say its name: the source does. */
export function isOf(target: BindingTarget, source_tenant: string): boolean {
  switch (target.provider) {
    case 'aws_assume_role':
      return ROLE_ARN.exec(target.role_arn)?.[1] === source_tenant;
    case 'entra_app':
      return target.entra_tenant_id === source_tenant.toLowerCase();
    case 'github_app':
      return true;
  }
}

/**
 * What no two tenants may hold. Of a directory and an organisation it is the thing itself: consent and installation are to our one app, so the
 * source cannot tell two of our tenants apart, and this can.
 */
export function identifierOf(target: BindingTarget): string {
  switch (target.provider) {
    case 'aws_assume_role':
      return `aws_role:${target.role_arn}`;
    case 'entra_app':
      return `entra_tenant:${target.entra_tenant_id}`;
    case 'github_app':
      return `github_account:${target.account_id}`;
  }
}

export const isTargeted = (binding: FederationBinding): binding is TargetedBinding => binding.target !== null;

const invalid = (problems: readonly InputProblem[]): InvalidInputError =>
  new InvalidInputError('the binding is not valid', { code: 'INVALID_BINDING', ...problems[0], problems });
