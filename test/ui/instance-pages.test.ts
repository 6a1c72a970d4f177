/** Connector instances with their credentials, and the page by which a customer hands one over. */
import { describe, expect, it } from 'vitest';
import { awsManifest } from '../../connectors/aws/manifest.ts';
import { InvalidInputError, NotFoundError, PersistentError, TransientError } from '../../domain/errors.ts';
import { plainOnly } from '../../api/pages/typed.ts';
import type { IntakeLinks, IntakeService } from '../../api/ports.ts';
import type { InstanceRow } from '../../domain/views/types.ts';
import { appUnderTest } from '../api/app-under-test.ts';
import { FORM, INSTANCE, post, refusing, SECRET } from './pages-under-test.ts';
import { ACME, ago, AWS_MAIN, id, instanceRow, NOW } from './records.ts';

describe('/operations/instances', () => {
  it('UI-04: provider and whether it is production-grade, presence and version, last resolve, binding; never a value', async () => {
    const row = instanceRow(
      {},
      {
        binding: {
          provider: 'aws_assume_role',
          state: 'pending',
          target: { provider: 'aws_assume_role', role_arn: 'arn:aws:iam::111122223333:role/sv0' },
          probes: [{ name: 'no_external_id', expected: 'refused', answer: 'granted', at: ago(5) }],
          changed_at: ago(5),
        },
      },
    );
    const { app } = appUnderTest({ operatorViews: { instance: async () => row, instances: async () => ({ items: [row], next: null }) } });
    for (const address of ['/operations/instances', INSTANCE]) {
      const html = await (await app.request(address)).text();
      for (const part of [
        'Environment of the worker',
        'not production-grade',
        'aws access key'.replaceAll(' ', '_'),
        'version 2',
        'granted',
        'pending',
      ])
        expect([address, html.includes(part), part]).toEqual([address, true, part]);
    }
    const html = await (await app.request(INSTANCE)).text();
    expect(html).toContain('but must be refused');
    expect(html).toContain('access_key_id, secret_access_key');
    expect([...html.matchAll(/sv0 bindings (\w+)/g)].map(([, act]) => act)).toEqual(['create', 'activate', 'revoke']);
  });

  it('CRED-22: the encrypted store is called production-grade only where a KMS or a vault keeps its key', async () => {
    const row = instanceRow({ credentials_ref: { provider: 'store', ref: 'MAIN' } });
    const operatorViews = { instance: async () => row, instances: async () => ({ items: [row], next: null }) };
    const kept = appUnderTest({ operatorViews, deps: { storeKeyKept: true } }).app;
    const inFile = appUnderTest({ operatorViews }).app;
    for (const address of ['/operations/instances', INSTANCE]) {
      expect(await (await kept.request(address)).text()).not.toContain('not production-grade');
      expect(await (await inFile.request(address)).text()).toContain('not production-grade');
    }
    const choice = '/operations/new/instance?tenant=acme&connector=aws';
    expect(await (await kept.request(choice)).text()).toContain('>Encrypted store<');
    expect(await (await inFile.request(choice)).text()).toContain('>Encrypted store (development)<');
  });

  it('UI-04 CRED-18: a connection by federation says what it is bound to, and the next step', async () => {
    const steps = async (over: Partial<InstanceRow>): Promise<unknown[]> => {
      const row = instanceRow({ credentials_ref: { provider: 'federation', ref: 'MAIN' } }, over);
      const html = await (await appUnderTest({ operatorViews: { instance: async () => row } }).app.request(INSTANCE)).text();
      return [...html.matchAll(/sv0 bindings (\w+) [\w-]+/g)].map(([, act]) => act);
    };
    const target = { provider: 'aws_assume_role', role_arn: 'arn:aws:iam::111122223333:role/sv0' } as const;
    const binding = { provider: 'aws_assume_role', probes: [], changed_at: ago(5) } as const;
    expect(await steps({ binding: null })).toEqual(['create']);
    expect(await steps({ binding: { ...binding, state: 'pending', target: null } })).toEqual(['create', 'revoke']);
    expect(await steps({ binding: { ...binding, state: 'active', target } })).toEqual(['activate', 'revoke']);
    expect(await steps({ binding: { ...binding, state: 'revoked', target } })).toEqual(['create']);
  });

  it('UI-04 API-03: a credential goes in, and never comes out: also not when it is refused', async () => {
    const fields = { kind: 'aws_access_key', 'fields.access_key_id': 'AKIAEXAMPLE', 'fields.secret_access_key': `${SECRET}\r\n` };
    const { app, asked } = appUnderTest();
    const stored = await app.request(`${INSTANCE}/credential`, post(fields));
    expect([stored.status, stored.headers.get('location')]).toEqual([303, `${INSTANCE}?done=stored`]);
    expect(asked.written.at(-1)).toEqual({
      name: 'credentials.put',
      args: [
        ACME,
        AWS_MAIN,
        { kind: 'aws_access_key', fields: { access_key_id: 'AKIAEXAMPLE', secret_access_key: SECRET } },
        'local-operator',
      ],
    });
    const error = new InvalidInputError('the credential is not valid', {
      code: 'INVALID_CREDENTIAL',
      problems: [{ field: 'fields.secret_access_key', expected: 'a secret of at least 8 characters' }],
    });
    const refused = await refusing('credentials', 'put', error).request(`${INSTANCE}/credential`, post(fields));
    const html = await refused.text();
    expect(refused.status).toBe(400);
    expect(html).toContain('Expected: a secret of at least 8 characters');
    expect(html).toContain('value="AKIAEXAMPLE"');
    expect(html).not.toContain(SECRET);
    const unknown = await refusing('credentials', 'put', error).request(`${INSTANCE}/credential`, post({ ...fields, kind: 'other' }));
    expect(await unknown.text()).not.toContain(SECRET);
    const surprise = await app.request(`${INSTANCE}/credential`, post({ ...fields, surprise: SECRET }));
    expect([surprise.status, (await surprise.text()).includes(SECRET)]).toEqual([400, false]);
  });

  it('API-03: of a refused credential nothing that is secret, or not declared, gets as far as the page', () => {
    const typed = { kind: ['aws_access_key'], 'fields.access_key_id': ['AKIA'], 'fields.secret_access_key': [SECRET], other: [SECRET] };
    expect(plainOnly(typed, awsManifest.credential_kinds[0])).toEqual({ 'fields.access_key_id': ['AKIA'] });
    expect(plainOnly(typed, undefined)).toEqual({});
  });

  it('UI-04: create, edit, revoke, remove', async () => {
    const { app, asked } = appUnderTest();
    const common = {
      name: 'Main',
      source_tenant: '111122223333',
      'credentials_ref.provider': 'store',
      'credentials_ref.ref': 'MAIN',
      'config.endpoint_url': 'https://example.test',
      'config.allow_private': 'yes',
    };
    const made = await app.request(
      '/operations/new/instance?tenant=acme&connector=aws',
      post({ ...common, id: 'acme-aws', tenant: 'acme', connector: 'aws' }),
    );
    expect(made.headers.get('location')).toBe(`${INSTANCE}?done=created`);
    const edited = await app.request(`${INSTANCE}/edit`, post({ ...common, status: 'disabled', version: '5' }));
    expect(edited.headers.get('location')).toBe(`${INSTANCE}?done=saved`);
    await app.request(`${INSTANCE}/revoke-credential`, post({}));
    await app.request(`${INSTANCE}/remove`, post({ version: '5' }));
    const content = {
      name: 'Main',
      source_tenant: '111122223333',
      credentials_ref: { provider: 'store', ref: 'MAIN' },
      config: { endpoint_url: 'https://example.test', allow_private: true },
    };
    const by = 'local-operator';
    expect(asked.written.filter(({ name }) => name !== 'credentials.status')).toEqual([
      { name: 'instances.create', args: [ACME, { ...content, id: 'acme-aws', connector: 'aws' }, by] },
      { name: 'instances.edit', args: [AWS_MAIN, { ...content, status: 'disabled' }, { tenant_hint: null, version: 5, by }] },
      { name: 'credentials.revoke', args: [ACME, AWS_MAIN, by] },
      { name: 'instances.remove', args: [AWS_MAIN, { tenant_hint: null, version: 5, by }] },
    ]);
  });

  it('UI-04: the connection test says what is granted, what is missing and what to grant, and what is not known', async () => {
    const permission = (status: 'granted' | 'missing' | 'unknown', advice: string | null) => ({
      permission: `iam:${status}`,
      categories: ['iam'],
      status,
      advice,
    });
    const { app } = appUnderTest({
      deps: {
        connectionTests: {
          latest: async () => ({ status: 'never', result: null }),
          test: async ({ instance_id }) => ({
            tenant_id: ACME,
            instance_id,
            connector: 'aws',
            tested_at: NOW.toISOString(),
            problem: null,
            permissions: [
              permission('granted', null),
              permission('missing', 'grant iam:missing'),
              permission('unknown', 'the source was slow'),
            ],
          }),
        },
      },
    });
    const html = await (await app.request(`${INSTANCE}/test`, post({}))).text();
    for (const part of ['1 missing, 1 unknown, 1 granted', 'grant iam:missing', 'the source was slow']) expect(html).toContain(part);
    expect(html.indexOf('iam:missing')).toBeLessThan(html.indexOf('iam:granted'));
  });
});

describe('/intake', () => {
  const TOKEN = 't'.repeat(43);
  function intakeOver(over: Partial<IntakeService & IntakeLinks> = {}): IntakeService & IntakeLinks {
    return {
      create: async () => ({ id: id('link'), token: TOKEN, code: 'ABCDEFGHJK', expires_at: ago(-60) }),
      list: async () => [],
      revoke: async () => {},
      describe: async (token) => {
        if (token !== TOKEN) throw new NotFoundError('intake link', 'unknown');
        const fields = [
          { field: 'access_key_id', required: true, secret: false },
          { field: 'secret_access_key', required: true, secret: true },
        ];
        return { tenant_name: '<b>Acme</b>', connector_title: 'AWS', kind: 'aws_access_key', fields, expires_at: ago(-60) };
      },
      submit: async () => {},
      ...over,
    };
  }
  function intakeApp(over: Partial<IntakeService & IntakeLinks> = {}) {
    const submitted: unknown[] = [];
    const intake = intakeOver({ submit: async (...args) => void submitted.push(args), ...over });
    // Whoever holds the link is none of our callers.
    const strangers = { callers: { callerOf: async () => null }, intake };
    return { app: appUnderTest({ deps: strangers }).app, signedIn: appUnderTest({ deps: { intake } }).app, submitted };
  }
  const fields = { token: TOKEN, code: 'abcde-fghjk', 'fields.access_key_id': 'AKIAEXAMPLE', 'fields.secret_access_key': SECRET };

  it('CRED-21: the customer needs no account; what he types goes straight in, and nothing of it is shown afterwards', async () => {
    const { app, submitted } = intakeApp();
    const start = await app.request('/intake');
    expect([start.status, start.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const form = await app.request('/intake', post({ token: `https://sv0.example/intake#${TOKEN}` }));
    const html = await form.text();
    expect(html).toContain('&lt;b&gt;Acme&lt;/b&gt;');
    expect(html).not.toMatch(/href="\/operations|href="\/"/);
    const end = await app.request('/intake/submit', post(fields));
    expect([end.status, end.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await end.text()).not.toMatch(new RegExp(`${SECRET}|AKIAEXAMPLE|${TOKEN}`));
    expect(submitted).toEqual([[TOKEN, 'ABCDEFGHJK', { access_key_id: 'AKIAEXAMPLE', secret_access_key: SECRET }]]);
  });

  it('CRED-21: a used, expired, unknown or wrongly coded link: one clear message, nothing stored, nothing echoed', async () => {
    const { app, submitted } = intakeApp({ submit: () => Promise.reject(new NotFoundError('intake link', 'unknown')) });
    for (const answer of [
      await app.request('/intake', post({ token: 'another' })),
      await app.request('/intake/submit', post({ ...fields, token: 'another' })),
      await app.request('/intake/submit', post(fields)),
    ]) {
      const html = await answer.text();
      expect([answer.status, html.includes('This link is not open'), html.includes(SECRET)]).toEqual([404, true, false]);
    }
    expect(submitted).toEqual([]);
  });

  it('CRED-21: a refused field says so and keeps only what is no secret; another site cannot post here', async () => {
    const wrong = new InvalidInputError('the credential is not valid', {
      code: 'INVALID_CREDENTIAL',
      field: 'fields.secret_access_key',
      expected: 'a secret of at least 8 characters',
    });
    const { app } = intakeApp({ submit: () => Promise.reject(wrong) });
    const html = await (await app.request('/intake/submit', post(fields))).text();
    expect(html).toContain('Expected: a secret of at least 8 characters');
    expect(html).toContain('value="AKIAEXAMPLE"');
    expect(html).not.toContain(SECRET);
    expect(html).not.toContain('abcde-fghjk');
    const foreign = { ...post(fields), headers: { ...FORM, origin: 'https://elsewhere.example' } };
    expect((await app.request('/intake/submit', foreign)).status).toBe(403);
    expect((await app.request('/intake/submit', { ...post(fields), headers: { 'content-type': FORM['content-type'] } })).status).toBe(403);
  });

  it('CRED-21: what fails on our side is not the customer’s to read: he is told whether his link is still open, and the log has the rest', async () => {
    const away = new PersistentError('the identity of this host may not use the key', { code: 'CREDENTIAL_KEY_DENIED', actor: 'operator' });
    const first = appUnderTest({ deps: { intake: intakeOver({ submit: () => Promise.reject(away) }) } });
    const again = await first.app.request('/intake/submit', post(fields));
    const html = await again.text();
    expect(again.status).toBeGreaterThanOrEqual(500);
    for (const part of ['Your link is still open', 'value="AKIAEXAMPLE"', 'name="fields.secret_access_key"']) expect(html).toContain(part);
    expect(html).not.toMatch(new RegExp(`identity of this host|${SECRET}|abcde-fghjk`));
    expect(first.asked.logged).toEqual([expect.objectContaining({ code: 'CREDENTIAL_KEY_DENIED', err: away })]);
    expect(JSON.stringify(first.asked.logged)).not.toContain(SECRET);

    let described = 0;
    const second = intakeOver({
      submit: () => Promise.reject(new TransientError('no answer', { code: 'DATABASE_UNAVAILABLE' })),
      describe: async (token) =>
        (described += 1) > 1 ? Promise.reject(new NotFoundError('intake link', 'x')) : intakeOver().describe(token),
    });
    const lost = await appUnderTest({ deps: { intake: second } }).app.request('/intake/submit', post(fields));
    expect([lost.status, (await lost.text()).includes('this link is used up')]).toEqual([503, true]);
  });

  it('CRED-21: the operator sees link and code once, in the answer that made them', async () => {
    const { signedIn } = intakeApp();
    const made = await (await signedIn.request(`${INSTANCE}/intake`, post({ kind: 'aws_access_key', hours: '24' }))).text();
    expect(made).toContain(`http://localhost/intake#${TOKEN}`);
    expect(made).toContain('ABCDEFGHJK');
    // Behind a proxy that ends TLS the request itself says http.
    const publicOrigin = 'https://sv0.example';
    const behind = appUnderTest({ deps: { intake: intakeOver(), publicOrigin } }).app;
    const fresh = await (await behind.request(`${INSTANCE}/intake`, post({ kind: 'aws_access_key', hours: '24' }))).text();
    expect(fresh).toContain(`${publicOrigin}/intake#${TOKEN}`);
    const body = JSON.stringify({ kind: 'aws_access_key', hours: 24 });
    const api = `/api/v1/connector-instances/${AWS_MAIN}/intake-links?tenant_id=acme`;
    const answer = await behind.request(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(await answer.json()).toMatchObject({ link: `${publicOrigin}/intake#${TOKEN}`, path: `/intake#${TOKEN}` });
    expect(await (await signedIn.request(INSTANCE)).text()).not.toContain(TOKEN);
    expect((await signedIn.request(`${INSTANCE}/intake`, post({ kind: 'aws_access_key', hours: '0' }))).status).toBe(400);
  });
});
