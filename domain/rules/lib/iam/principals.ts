import type { Entity } from '../../../graph/types.ts';
import type { RuleContext } from '../../types.ts';

/** Users and roles that somebody of the account manages; AWS makes and removes service-linked roles itself. */
export function* managedPrincipals(context: RuleContext): Iterable<Entity> {
  yield* context.entitiesOf('identity', 'iam_user');
  for (const role of context.entitiesOf('role', 'iam_role')) if (role.props['service_linked'] !== true) yield role;
}
