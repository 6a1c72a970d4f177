/** Accounts and roles of the emulated instance. */
import { type Row, row, sysId } from './tables.ts';

const DAY_MS = 86_400_000;
const EMPLOYEES = 35;

export interface Administration {
  readonly tables: Readonly<Record<string, readonly Row[]>>;
  /** sys_ids: somebody who left and whose account runs a job, and the integration account of the reports. */
  readonly departed: string;
  readonly reporting: string;
}

export function administration(now: Date): Administration {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const daysAgo = (days: number): string => new Date(today - days * DAY_MS).toISOString().slice(0, 19).replace('T', ' ');
  const user = (user_name: string, name: string, more: Record<string, string> = {}): Row =>
    row('sys_user', user_name, {
      user_name,
      name,
      active: 'true',
      locked_out: 'false',
      sys_created_on: daysAgo(700),
      last_login_time: daysAgo(3),
      web_service_access_only: 'false',
      internal_integration_user: 'false',
      user_password: 'not for anybody',
      ...more,
    });
  const integration = { web_service_access_only: 'true' };
  const users = [
    user('dana.reyes', 'Dana Reyes', { active: 'false', last_login_time: daysAgo(120) }),
    user('priya.natarajan', 'Priya Natarajan'),
    user('svc.reporting', 'Reporting integration', { ...integration, last_login_time: daysAgo(1) }),
    user('svc.legacy', 'Legacy integration', { ...integration, last_login_time: '' }),
    user('svc.midserver', 'MID server', { internal_integration_user: 'true', last_login_time: daysAgo(0) }),
    ...Array.from({ length: EMPLOYEES }, (_, index) => user(`employee${index + 1}`, `Employee ${index + 1}`)),
  ];
  const roles = [
    'admin',
    'security_admin',
    'user_admin',
    'oauth_admin',
    'itil',
    'rest_service',
    'report_user',
    'mid_server',
    'snc_internal',
  ];
  const holds = (userName: string, role: string, inherited = 'false'): Row =>
    row('sys_user_has_role', `${userName} ${role} ${inherited}`, {
      user: sysId(`sys_user ${userName}`),
      role: sysId(`sys_user_role ${role}`),
      inherited,
    });
  const contains = (role: string, contained: string): Row =>
    row('sys_user_role_contains', `${role} ${contained}`, {
      role: sysId(`sys_user_role ${role}`),
      contains: sysId(`sys_user_role ${contained}`),
    });
  return {
    departed: sysId('sys_user dana.reyes'),
    reporting: sysId('sys_user svc.reporting'),
    tables: {
      sys_user: users,
      sys_user_role: roles.map((name) => row('sys_user_role', name, { elevated_privilege: String(name === 'security_admin') })),
      sys_user_role_contains: [contains('admin', 'user_admin'), contains('admin', 'itil'), contains('rest_service', 'report_user')],
      sys_user_has_role: [
        holds('priya.natarajan', 'admin'),
        holds('priya.natarajan', 'itil', 'true'),
        holds('svc.legacy', 'admin'),
        holds('svc.reporting', 'rest_service'),
        holds('svc.reporting', 'rest_service', 'true'),
        holds('svc.midserver', 'mid_server'),
        holds('dana.reyes', 'itil'),
        ...Array.from({ length: EMPLOYEES }, (_, index) => holds(`employee${index + 1}`, 'itil')),
      ],
    },
  };
}
