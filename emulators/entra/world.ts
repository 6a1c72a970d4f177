/** The directory of Northwind Robotics: the story's two applications, what makes rules fire beside them, and enough ordinary ones to page. */
import { GITHUB_OIDC_ISSUER, NORTHWIND } from '../story.ts';
import { DIRECTORY_ROLES, GRAPH_APP_ID, GRAPH_ROLES, MICROSOFT_APPS, MICROSOFT_TENANT } from './catalog.ts';
import { ordinaryApplications } from './ordinary.ts';
import {
  application,
  Calendar,
  certificate,
  type DirectoryObject,
  group,
  guidOf,
  secret,
  servicePrincipal,
  user,
  type World,
} from './objects.ts';

const { customerSync, graphReporting, departedOwner, tenantId } = NORTHWIND.entra;
const DOMAIN = 'northwind-robotics.example';

/** Ids that tests and the demo point at. Every one is stable. */
export const NORTHWIND_ENTRA_IDS = {
  graph: guidOf('sp Microsoft Graph'),
  platformOwner: guidOf('user platform'),
  breakGlassUser: guidOf('user break-glass'),
  hrProvisioning: {
    appId: guidOf('appid hr-provisioning'),
    application: guidOf('app hr-provisioning'),
    servicePrincipal: guidOf('sp hr-provisioning'),
  },
  legacyExport: {
    appId: guidOf('appid legacy-export'),
    application: guidOf('app legacy-export'),
    servicePrincipal: guidOf('sp legacy-export'),
  },
  deployer: { appId: guidOf('appid deployer'), application: guidOf('app deployer'), servicePrincipal: guidOf('sp deployer') },
  calendarAssistant: { appId: guidOf('appid calendar-assistant'), servicePrincipal: guidOf('sp calendar-assistant') },
  breakGlass: { appId: guidOf('appid break-glass'), application: guidOf('app break-glass'), servicePrincipal: guidOf('sp break-glass') },
  recovery: { appId: guidOf('appid recovery'), application: guidOf('app recovery'), servicePrincipal: guidOf('sp recovery') },
  tierZeroGroup: guidOf('group tier-zero'),
  financeGroup: guidOf('group finance'),
  financeApp: guidOf('sp finance-portal'),
} as const;
const ids = NORTHWIND_ENTRA_IDS;

export function northwindWorld(now: Date): World {
  const calendar = new Calendar(now);
  const ordinary = ordinaryApplications(calendar, tenantId);
  const own = { appOwnerOrganizationId: tenantId };
  const recovery = { ...own, tags: ['purpose:break-glass'] };
  const servicePrincipals: DirectoryObject[] = [
    ...MICROSOFT_APPS.map(({ appId, name }) =>
      servicePrincipal(guidOf(`sp ${name}`), appId, name, {
        appOwnerOrganizationId: MICROSOFT_TENANT,
        tags: [],
        appRoles: appId === GRAPH_APP_ID ? graphRoles() : [],
      }),
    ),
    servicePrincipal(customerSync.servicePrincipalId, customerSync.appId, 'Customer Sync', { ...own, tags: ['environment:production'] }),
    servicePrincipal(graphReporting.servicePrincipalId, graphReporting.appId, 'Graph Reporting', {
      ...own,
      tags: ['environment:production'],
    }),
    servicePrincipal(ids.hrProvisioning.servicePrincipal, ids.hrProvisioning.appId, 'HR Provisioning', own),
    servicePrincipal(ids.legacyExport.servicePrincipal, ids.legacyExport.appId, 'Legacy Export', own),
    servicePrincipal(ids.deployer.servicePrincipal, ids.deployer.appId, 'Platform Deployer', own),
    servicePrincipal(ids.calendarAssistant.servicePrincipal, ids.calendarAssistant.appId, 'Calendar Assistant', {
      appOwnerOrganizationId: guidOf('tenant of a vendor'),
    }),
    servicePrincipal(ids.breakGlass.servicePrincipal, ids.breakGlass.appId, 'Break Glass Automation (retired)', {
      ...recovery,
      accountEnabled: false,
    }),
    servicePrincipal(ids.recovery.servicePrincipal, ids.recovery.appId, 'Tenant Recovery', recovery),
    servicePrincipal(ids.financeApp, guidOf('appid finance-portal'), 'Finance Portal', {
      ...own,
      appRoles: [
        {
          id: guidOf('role finance-viewer'),
          value: 'Finance.View',
          displayName: 'View finance',
          isEnabled: true,
          allowedMemberTypes: ['User'],
        },
      ],
    }),
    ...ordinary.servicePrincipals,
  ];
  return {
    tenantId,
    users: [
      user(departedOwner.id, departedOwner.upn, 'Dana Reyes', { accountEnabled: false }),
      user(ids.platformOwner, `platform@${DOMAIN}`, 'Priya Natarajan'),
      user(ids.breakGlassUser, `break-glass-01@${DOMAIN}`, 'Break Glass 01'),
      user(guidOf('user guest'), `kim_vendor.example#EXT#@${DOMAIN}`, 'Kim (vendor)', { userType: 'Guest' }),
      ...ordinary.users,
    ],
    groups: [
      group(ids.tierZeroGroup, 'Tier 0 automation', true),
      group(ids.financeGroup, 'Finance viewers', false),
      group(guidOf('group lunch'), 'Lunch club', false),
    ],
    applications: [
      application(customerSync.appObjectId, customerSync.appId, 'Customer Sync'),
      application(graphReporting.appObjectId, graphReporting.appId, 'Graph Reporting', {
        passwordCredentials: [secret('ServiceNow reporting', calendar, -210, 520)],
      }),
      application(ids.hrProvisioning.application, ids.hrProvisioning.appId, 'HR Provisioning', {
        keyCredentials: [certificate('hr-provisioning', calendar, -40, 325)],
      }),
      application(ids.legacyExport.application, ids.legacyExport.appId, 'Legacy Export', {
        passwordCredentials: [secret('export 2023', calendar, -1100, -370), secret('export 2024', calendar, -735, -5)],
      }),
      application(ids.deployer.application, ids.deployer.appId, 'Platform Deployer'),
      application(ids.breakGlass.application, ids.breakGlass.appId, 'Break Glass Automation (retired)'),
      application(ids.recovery.application, ids.recovery.appId, 'Tenant Recovery', {
        keyCredentials: [certificate('tenant-recovery', calendar, -400, 695)],
      }),
      ...ordinary.applications,
    ],
    owners: new Map<string, readonly string[]>([
      [customerSync.appObjectId, [departedOwner.id]],
      [customerSync.servicePrincipalId, [departedOwner.id]],
      [graphReporting.appObjectId, [departedOwner.id, ids.platformOwner]],
      [ids.hrProvisioning.application, [ids.platformOwner]],
      // Owned by a service principal: it can add credentials to the application.
      [ids.deployer.application, [ids.hrProvisioning.servicePrincipal]],
      [ids.recovery.application, [ids.platformOwner]],
      [ids.recovery.servicePrincipal, [ids.platformOwner]],
      [ids.tierZeroGroup, [ids.platformOwner]],
      ...ordinary.owners,
    ]),
    members: new Map([
      [ids.tierZeroGroup, [ids.deployer.servicePrincipal, ids.platformOwner]],
      [ids.financeGroup, ordinary.users.slice(0, 5).map((one) => one.id)],
    ]),
    federatedIdentityCredentials: new Map([
      [
        customerSync.appObjectId,
        [githubTrust('github-main', `repo:${NORTHWIND.github.organization}/${NORTHWIND.github.syncRepository.name}:ref:refs/heads/main`)],
      ],
      [
        ids.deployer.application,
        [
          githubTrust(
            'deploy-production',
            `repo:${NORTHWIND.github.organization}/${NORTHWIND.github.deployRepository.name}:environment:production`,
          ),
          { ...githubTrust('cluster', 'system:serviceaccount:deploy:runner'), issuer: 'https://oidc.prod-aks.example/6f0c/9a1b/' },
        ],
      ],
    ]),
    appRoleAssignments: [
      ...granted(graphReporting.servicePrincipalId, 'Reports.Read.All', 'User.Read.All', 'Sites.Read.All', 'Files.Read.All'),
      ...granted(ids.hrProvisioning.servicePrincipal, 'RoleManagement.ReadWrite.Directory', 'User.Read.All'),
      ...granted(ids.legacyExport.servicePrincipal, 'Mail.Read'),
      ...ordinary.readers.flatMap((id) => granted(id, 'User.Read.All')),
      assignment(ids.financeGroup, 'Group', ids.financeApp, guidOf('role finance-viewer')),
      ...ordinary.users.map((one) => assignment(one.id, 'User', ids.financeApp, guidOf('role finance-viewer'))),
    ],
    servicePrincipals,
    oauth2PermissionGrants: [
      consent(ids.calendarAssistant.servicePrincipal, 'AllPrincipals', null, 'offline_access Mail.ReadWrite Calendars.ReadWrite'),
      consent(graphReporting.servicePrincipalId, 'AllPrincipals', null, 'User.Read'),
      ...ordinary.users
        .slice(0, 12)
        .map((one, index) =>
          consent(ordinary.readers[index % ordinary.readers.length] ?? '', 'Principal', one.id, 'openid profile User.Read'),
        ),
    ],
    roleDefinitions: [
      ...Object.entries(DIRECTORY_ROLES).map(([displayName, id]) => ({
        id,
        templateId: id,
        displayName,
        isBuiltIn: true,
        isEnabled: true,
        description: displayName,
      })),
      {
        id: guidOf('role custom'),
        templateId: guidOf('role custom'),
        displayName: 'Credential rotator',
        isBuiltIn: false,
        isEnabled: true,
        description: 'custom',
      },
    ],
    roleAssignments: [
      holds(ids.recovery.servicePrincipal, 'Global Administrator'),
      holds(ids.breakGlass.servicePrincipal, 'Global Administrator'),
      holds(ids.breakGlassUser, 'Global Administrator'),
      holds(ids.tierZeroGroup, 'Privileged Role Administrator'),
      holds(ids.legacyExport.servicePrincipal, 'Directory Readers'),
      holds(ids.platformOwner, 'User Administrator', `/administrativeUnits/${guidOf('administrative unit')}`),
      {
        ...holds(ids.deployer.servicePrincipal, 'Directory Readers', `/${graphReporting.appObjectId}`),
        roleDefinitionId: guidOf('role custom'),
      },
    ],
  };
}

function graphRoles(): Record<string, unknown>[] {
  return Object.entries(GRAPH_ROLES).map(([value, id]) => ({
    id,
    value,
    displayName: `Use ${value}`,
    isEnabled: true,
    allowedMemberTypes: ['Application'],
  }));
}

function githubTrust(name: string, subject: string): Record<string, unknown> {
  return {
    id: guidOf(`federated ${name}`),
    name,
    issuer: `https://${GITHUB_OIDC_ISSUER}`,
    subject,
    audiences: ['api://AzureADTokenExchange'],
    description: null,
  };
}

function granted(principal: string, ...values: readonly (keyof typeof GRAPH_ROLES)[]): Record<string, unknown>[] {
  return values.map((value) => assignment(principal, 'ServicePrincipal', ids.graph, GRAPH_ROLES[value]));
}

function assignment(principalId: string, principalType: string, resourceId: string, appRoleId: string): Record<string, unknown> {
  return {
    id: Buffer.from(guidOf(`${principalId} ${resourceId} ${appRoleId}`))
      .toString('base64url')
      .slice(0, 43),
    principalId,
    principalType,
    resourceId,
    appRoleId,
    createdDateTime: '2025-03-01T08:15:30.1234567Z',
    principalDisplayName: null,
    resourceDisplayName: null,
  };
}

function consent(clientId: string, consentType: string, principalId: string | null, scope: string): Record<string, unknown> {
  const id = Buffer.from(guidOf(`${clientId} ${consentType} ${principalId}`))
    .toString('base64url')
    .slice(0, 43);
  return { id, clientId, consentType, principalId, resourceId: ids.graph, scope: ` ${scope}` };
}

function holds(principalId: string, role: keyof typeof DIRECTORY_ROLES, directoryScopeId = '/'): Record<string, unknown> {
  return {
    id: guidOf(`${principalId} ${role} ${directoryScopeId}`),
    principalId,
    roleDefinitionId: DIRECTORY_ROLES[role],
    directoryScopeId,
    appScopeId: null,
  };
}
