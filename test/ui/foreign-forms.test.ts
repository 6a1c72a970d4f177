/** Forms of nobody's and of another site's, and of whose session has ended. */
import { expect, it } from 'vitest';
import { appUnderTest } from '../api/app-under-test.ts';
import { editFields, FORM, INSTANCE, post, SCOPE, SECRET } from './pages-under-test.ts';

it('UI-05: every page that writes refuses who is not signed in, and a form of another site', async () => {
  const strangers = appUnderTest({ deps: { callers: { callerOf: async () => null } } });
  const { app, asked } = appUnderTest();
  for (const address of [
    `${SCOPE}/edit`,
    `${SCOPE}/run`,
    `${INSTANCE}/credential`,
    '/operations/new/tenant',
    '/operations/tenants/acme/offboard',
  ]) {
    expect([address, (await strangers.app.request(address, post({}))).status]).toEqual([address, 401]);
    const foreign = { ...post({}), headers: { ...FORM, origin: 'https://elsewhere.example' } };
    expect([address, (await app.request(address, foreign)).status]).toEqual([address, 403]);
  }
  const late = await strangers.app.request(`${SCOPE}/edit`, { ...post(editFields()), headers: { ...FORM, accept: 'text/html' } });
  const ended = await late.text();
  expect(ended).toContain('Your session has ended; nothing was changed.');
  expect(ended).toContain(`<form method="post" action="${SCOPE}/edit">`);
  for (const [name, value] of editFields()) expect(ended.replaceAll('\n', '\r\n')).toContain(`name="${name}" value="${value}"`);
  const address = '/operations/new/instance?tenant=acme&connector=aws';
  const made = await strangers.app.request(address, { ...post({ name: 'Typed' }), headers: { ...FORM, accept: 'text/html' } });
  expect(await made.text()).toContain(`<form method="post" action="${address.replace('&', '&amp;')}">`);
  const secret = await strangers.app.request(`${INSTANCE}/credential`, {
    ...post({ kind: 'aws_access_key', 'fields.secret_access_key': SECRET }),
    headers: { ...FORM, accept: 'text/html' },
  });
  const kept = await secret.text();
  expect(kept).toContain('it has to be entered once more');
  expect(kept).not.toContain(SECRET);
  expect([...strangers.asked.written, ...asked.written, ...asked.starts]).toEqual([]);
});
