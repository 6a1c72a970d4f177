/** Applications, their service principals, and by what these sign in. */
import { convertApplication } from '../converters/applications.ts';
import { guid } from '../converters/common.ts';
import { convertKeys } from '../converters/credentials.ts';
import { convertFederatedCredentials } from '../converters/federated-credentials.ts';
import { convertServicePrincipal } from '../converters/service-principals.ts';
import { emit, type EntraStep, orIncomplete } from './emit.ts';

export async function applications(context: EntraStep): Promise<void> {
  const all = await context.client.directory(context.signal).applications();
  context.scanned(all.length);
  for (const application of all) await emit(context, convertApplication(application));
}

export async function servicePrincipals(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  const all = await directory.servicePrincipals();
  const registrations = await orIncomplete(context, directory.applications(), []);
  const byAppId = new Map(registrations.map((application) => [guid(application.appId), application.id]));
  context.scanned(all.length);
  for (const principal of all) {
    const registration = principal.appId ? byAppId.get(guid(principal.appId)) : undefined;
    await emit(context, convertServicePrincipal(principal, context.client.tenant, registration));
  }
}

export async function credentials(context: EntraStep): Promise<void> {
  const directory = context.client.directory(context.signal);
  for (const [path, kind] of [
    ['/applications', 'application'],
    ['/servicePrincipals', 'service_principal'],
  ] as const) {
    for await (const page of directory.keys(path)) {
      context.scanned(page.length);
      for (const holder of page) await emit(context, convertKeys(holder, kind));
    }
  }
}

export async function federatedCredentials(context: EntraStep): Promise<void> {
  const all = await context.client.directory(context.signal).federatedCredentials();
  context.scanned(all.length);
  for (const holder of all) await emit(context, convertFederatedCredentials(holder));
}
