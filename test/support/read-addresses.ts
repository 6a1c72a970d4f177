/** Every address that reads: pages and API, plain and with each filter, for the rows of `test/e2e/seed.ts`. */
import { SHOWN } from '../e2e/seed.ts';

const TENANT = `tenant_id=${SHOWN.tenant}`;
const api = (path: string, ...filters: readonly string[]): string[] =>
  ['', ...filters].map((filter) => `/api/v1/${path}?${TENANT}${filter === '' ? '' : `&${filter}`}`);
const page = (path: string, ...filters: readonly string[]): string[] =>
  ['', ...filters].map((filter) => `/operations/${path}${filter === '' ? '' : `?${filter}`}`);

export interface Ids {
  readonly chain: string;
  readonly entity: string;
  readonly pack: string;
}

export const readAddresses = ({ chain, entity, pack }: Ids): readonly string[] => {
  const { tenant, run, finding, path } = SHOWN;
  const instance = `${tenant}-aws`;
  const own = `tenant=${tenant}`;
  const RUN_FILTERS = ['status=failed', 'connector=aws', 'connector=aws&status=failed'];
  return [
    '/',
    ...page(
      'runs',
      own,
      `scope=${instance}`,
      `scope=${instance}&status=failed`,
      ...RUN_FILTERS,
      ...RUN_FILTERS.map((one) => `${own}&${one}`),
    ),
    ...page(`runs/${run}`),
    ...page(
      'findings',
      own,
      ...['status=resolved', 'severity=high', 'rule=admin_policy', 'severity=high&rule=admin_policy'].map((one) => `${own}&${one}`),
    ),
    ...page(`findings/${tenant}/${finding}`),
    ...page(`paths/${tenant}/${path}`),
    ...page(`chains/${tenant}/${chain}`),
    ...page(`entities/${tenant}/${entity}`),
    ...page('scopes', own, `instance=${instance}`, `${own}&instance=${instance}`),
    ...page(`scopes/${instance}`),
    ...page('instances', own, 'connector=aws', `${own}&connector=aws`),
    ...page(`instances/${instance}`),
    ...page('tenants'),
    ...page(`tenants/${tenant}`),
    ...page('audit', own, `${own}&action=credential.resolve`),
    `/operations/audit.csv?${own}`,
    ...page('new/tenant'),
    `/operations/new/instance?${own}`,
    `/operations/new/scope?instance=${instance}`,
    ...api('scan-runs', `scope_id=${instance}`, ...RUN_FILTERS),
    ...api(`scan-runs/${run}`),
    '/api/v1/tenants',
    `/api/v1/tenants/${tenant}`,
    ...api('connector-instances', 'connector=aws'),
    ...api(`connector-instances/${instance}`),
    ...api('scan-scopes', `instance_id=${instance}`),
    ...api(`scan-scopes/${instance}`),
    ...api('findings', 'status=open', 'severity=high', 'rule_id=admin_policy', 'status=open&severity=high&rule_id=admin_policy'),
    ...api(`findings/${finding}`),
    ...api('execution-chains'),
    ...api(`execution-chains/${chain}`),
    ...api('stitched-paths', 'completeness=complete'),
    ...api(`stitched-paths/${path}`),
    ...api('evidence-packs', `finding_id=${finding}`),
    ...api(`evidence-packs/${pack}`),
    ...api('entities', 'type=identity', 'source_system=aws', 'type=identity&source_system=aws'),
    ...api(`entities/${entity}`),
    ...api(`entities/${entity}/neighbours`),
    ...api('audit-records', 'action=credential.resolve'),
    ...api('audit-records/verdict'),
    ...Object.entries({ run, scope: instance, instance, finding }).map(([kind, id]) => `/api/v1/tenants/owner/${kind}/${id}`),
  ];
};
