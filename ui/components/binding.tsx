/** Federation (CRED-18): what this connection acts as, what the source answered, and what is to be done next. */
import type { BindableProvider, BindingTarget } from '../../domain/federation/types.ts';
import type { BindingView, InstanceRow } from '../../domain/views/types.ts';
import { State } from './marks.tsx';
import { Name, Time } from './text.tsx';

export function FederationSection({ row, now }: { row: InstanceRow; now: Date }) {
  const { binding, instance } = row;
  if (binding === null && instance.credentials_ref.provider !== 'federation') return null;
  return (
    <section aria-labelledby="federation">
      <h3 id="federation">Federation</h3>
      {binding === null ? <p>This connection is bound to nothing yet: no scan of it starts.</p> : <Binding binding={binding} now={now} />}
      <Steps row={row} />
    </section>
  );
}

export function BindingLine({ binding, now }: { binding: BindingView; now: Date }) {
  return (
    <>
      Binding: <State state={binding.state} />{' '}
      <span class="quiet">
        {binding.provider.replaceAll('_', ' ')}, <Time at={binding.changed_at} now={now} />
      </span>
    </>
  );
}

function targetText(target: BindingTarget): string {
  switch (target.provider) {
    case 'aws_assume_role':
      return target.role_arn;
    case 'entra_app':
      return `directory ${target.entra_tenant_id}`;
    case 'github_app':
      return `installation ${target.installation_id} of account ${target.account_id}`;
  }
}

function Binding({ binding, now }: { binding: BindingView; now: Date }) {
  return (
    <>
      <p>
        <BindingLine binding={binding} now={now} />
      </p>
      <p>
        {binding.target === null ? (
          <span class="quiet">The customer’s identifier has not come back yet.</span>
        ) : (
          <>
            Acts as <Name text={targetText(binding.target)} limit={200} />
          </>
        )}
      </p>
      {binding.probes.length === 0 ? null : (
        <ul>
          {binding.probes.map((probe) => (
            <li>
              <Name text={probe.name.replaceAll('_', ' ')} limit={64} />: {probe.answer}
              {probe.answer === probe.expected ? ', as it must be' : `, but must be ${probe.expected}`}{' '}
              <span class="quiet">
                <Time at={probe.at} now={now} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const IDENTIFIER: ReadonlyMap<string, string> = new Map([
  ['aws', '--role-arn <ARN>'],
  ['entra', '--entra-tenant <ID>'],
  ['github', '--installation-id <NUMBER> --account-id <NUMBER>'],
]);
const CONNECTOR_OF: Readonly<Record<BindableProvider, string>> = { aws_assume_role: 'aws', entra_app: 'entra', github_app: 'github' };

/** The probes need our own keys, which only hosts of the connectors queue hold: what changes a binding is done there. */
function Steps({ row: { binding, instance } }: { row: InstanceRow }) {
  const identifier = IDENTIFIER.get(binding === null ? instance.connector : CONNECTOR_OF[binding.provider]);
  const steps = [
    ...(identifier === undefined || (binding !== null && binding.state === 'active')
      ? []
      : [[`create ${instance._id} ${identifier}`, 'puts the customer’s identifier into it'] as const]),
    ...(binding === null || binding.target === null || binding.state === 'revoked'
      ? []
      : [[`activate ${instance._id}`, 'asks the source whether it refuses what it must and lets us in'] as const]),
    ...(binding === null || binding.state === 'revoked'
      ? []
      : [[`revoke ${instance._id}`, 'refuses launches from now on; the next binding has another external ID'] as const]),
  ];
  return (
    <>
      <p class="quiet">On a host of the connectors queue, which holds our keys and can ask the source; this server does not:</p>
      <ul class="changes">
        {steps.map(([command, what]) => (
          <li>
            <code class="whole">sv0 bindings {command}</code> <span class="quiet">{what}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
