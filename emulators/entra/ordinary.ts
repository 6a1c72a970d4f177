/** The ordinary part of the directory: line-of-business applications, vendors and managed identities, most of them in good order. */
import { application, type Calendar, certificate, type DirectoryObject, guidOf, secret, servicePrincipal, user } from './objects.ts';

const BUSINESS = [
  'Order Intake',
  'Invoice Matching',
  'Warehouse Sync',
  'Fleet Telemetry',
  'Parts Catalog',
  'Quality Reports',
  'Supplier Portal',
  'Field Service',
  'Timesheets',
  'Travel Booking',
  'Badge Printing',
  'Lab Notebook',
  'Spare Parts Shop',
  'Warranty Desk',
  'Firmware Signing',
  'Press Kit',
  'Recruiting Board',
  'Training Library',
  'Visitor Desk',
  'Energy Monitor',
  'Robot Diagnostics',
  'Packaging Line',
  'Customs Forms',
  'Carrier Rates',
  'Returns Desk',
  'Price List',
  'Contract Archive',
  'Meeting Rooms',
  'Survey Tool',
  'Intranet Search',
] as const;
const VENDORS = ['Acme Helpdesk', 'Birch Signatures', 'Cobalt Analytics', 'Delta Whiteboard', 'Ember Monitoring', 'Fjord Backup'] as const;
const MANAGED = ['vm-ingest', 'func-thumbnails', 'aks-kubelet', 'adf-nightly', 'logic-approvals'] as const;
const PEOPLE = 24;

export interface OrdinaryPart {
  readonly users: readonly DirectoryObject[];
  readonly applications: readonly DirectoryObject[];
  readonly servicePrincipals: readonly DirectoryObject[];
  readonly owners: readonly (readonly [string, readonly string[]])[];
  /** Service principals that may read users. */
  readonly readers: readonly string[];
}

export function ordinaryApplications(calendar: Calendar, tenantId: string): OrdinaryPart {
  const users = Array.from({ length: PEOPLE }, (_, index) => {
    const number = String(index + 1).padStart(2, '0');
    return user(guidOf(`user employee ${number}`), `employee${number}@northwind-robotics.example`, `Employee ${number}`);
  });
  const business = BUSINESS.map((name, index) => ({
    name,
    appId: guidOf(`appid ${name}`),
    application: guidOf(`app ${name}`),
    servicePrincipal: guidOf(`sp ${name}`),
    owner: users[index % users.length]?.id ?? '',
    // Every third application signs in with a certificate, every third with a secret of 90 days, the others not at all.
    keys:
      index % 3 === 0
        ? { keyCredentials: [certificate(name, calendar, -30, 335)] }
        : index % 3 === 1
          ? { passwordCredentials: [secret(name, calendar, -20, 70)] }
          : {},
  }));
  return {
    users,
    applications: business.map((one) => application(one.application, one.appId, one.name, one.keys)),
    servicePrincipals: [
      ...business.map((one) => servicePrincipal(one.servicePrincipal, one.appId, one.name, { appOwnerOrganizationId: tenantId })),
      ...VENDORS.map((name) =>
        servicePrincipal(guidOf(`sp ${name}`), guidOf(`appid ${name}`), name, { appOwnerOrganizationId: guidOf(`tenant ${name}`) }),
      ),
      ...MANAGED.map((name) =>
        servicePrincipal(guidOf(`sp ${name}`), guidOf(`appid ${name}`), name, { servicePrincipalType: 'ManagedIdentity', tags: [] }),
      ),
    ],
    owners: business.flatMap(
      (one) =>
        [
          [one.application, [one.owner]],
          [one.servicePrincipal, [one.owner]],
        ] as const,
    ),
    readers: business.slice(0, 9).map((one) => one.servicePrincipal),
  };
}
