/**
 * Intake links (CRED-21): single-use, expiring, for one connection and one kind. Whoever submits has the link and a code that came to him another way
 * (docs/decisions/0010); what he types goes straight into the sealed store, and nothing of it is ever shown, also not to him.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ConnectorManifest } from '../domain/connectors/manifest.ts';
import { INTAKE_ATTEMPTS, type IntakeForm, type IntakeLink } from '../domain/credentials/intake.ts';
import { checkedCredential, declarationOf } from '../domain/credentials/stored.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../domain/errors.ts';
import type { InstanceId, TenantId } from '../domain/ids.ts';
import type { InstanceRepository } from '../storage/ports/instances.ts';
import type { IntakeRepository } from '../storage/ports/intake.ts';
import type { TenantRepository } from '../storage/ports/tenants.ts';
import { audited } from './audited.ts';
import type { AuditLog } from './credential-broker.ts';
import type { CredentialStore } from './store/credential-store.ts';

/** Shown once, and kept nowhere. */
export interface NewIntake {
  readonly id: string;
  /** Of the link. */
  readonly token: string;
  /** To be told over another channel than the link. */
  readonly code: string;
  readonly expires_at: Date;
}

export interface Intake {
  /** @throws InvalidInputError `INVALID_INTAKE`; NotFoundError for another tenant's instance; ConflictError `TENANT_NOT_ACTIVE` */
  create(
    tenant: TenantId,
    instance: InstanceId,
    wanted: { readonly kind: string; readonly hours: number },
    actor: string,
  ): Promise<NewIntake>;
  /** Newest first; of tokens and codes only what is stored: digests. */
  list(tenant: TenantId): Promise<readonly IntakeLink[]>;
  /** @throws NotFoundError unless it was open */
  revoke(tenant: TenantId, id: string, actor: string): Promise<void>;
  /** @throws NotFoundError alike for unknown, used, revoked and expired */
  describe(token: string): Promise<IntakeForm>;
  /**
   * @throws NotFoundError as `describe`, and for a wrong code; InvalidInputError `INVALID_CREDENTIAL` by field; what sealing throws. With these the
   * link stays open; it is used up when the database fails at the writing itself, of which nobody can say whether it happened
   */
  submit(token: string, code: string, fields: Readonly<Record<string, string>>): Promise<void>;
}

export interface IntakeDeps {
  readonly links: IntakeRepository;
  readonly store: Pick<CredentialStore, 'put'>;
  readonly tenants: Pick<TenantRepository, 'find'>;
  readonly instances: Pick<InstanceRepository, 'get'>;
  readonly manifestOf: (connector: string) => ConnectorManifest;
  readonly audit: AuditLog;
  readonly now: () => Date;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const MOST_HOURS = 7 * 24;
/** Crockford's: none that is read as another. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 10;

export function createIntake({ links, store, tenants, instances, manifestOf, audit, now }: IntakeDeps): Intake {
  const recorded = <T>(
    { tenant_id, instance_id, id }: { readonly tenant_id: TenantId; readonly instance_id: InstanceId | null; readonly id: string },
    action: string,
    actor: string,
    work: () => Promise<T>,
    told?: (result: T) => Readonly<Record<string, string>>,
  ): Promise<T> =>
    audited(audit, { tenant: tenant_id, action: `intake.${action}`, actor, subject: { instance: instance_id, link: id } }, work, told);

  async function formOf(link: IntakeLink): Promise<{ form: IntakeForm; manifest: ConnectorManifest }> {
    const tenant = await tenants.find(link.tenant_id);
    if (tenant === null || tenant.status !== 'active') throw gone();
    const { connector } = await instances.get(link.tenant_id, link.instance_id);
    const manifest = manifestOf(connector);
    const variables = Object.values(declarationOf(manifest, link.kind)?.variables ?? {});
    return {
      manifest,
      form: {
        tenant_name: tenant.name,
        connector_title: manifest.title,
        kind: link.kind,
        fields: variables.map(({ field, required, secret }) => ({ field, required, secret: secret !== false })),
        expires_at: link.expires_at,
      },
    };
  }

  return {
    create: async (tenant, instance, { kind, hours }, actor) => {
      const owner = await tenants.find(tenant);
      if (owner === null) throw new NotFoundError('tenant', tenant);
      if (owner.status !== 'active')
        throw new ConflictError('the tenant is not active', { code: 'TENANT_NOT_ACTIVE', actor: 'operator', subject: tenant });
      const { connector } = await instances.get(tenant, instance);
      if (declarationOf(manifestOf(connector), kind) === null) throw invalid('kind', "one of the connector's credential kinds");
      if (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS) throw invalid('hours', `a whole number from 1 to ${MOST_HOURS}`);
      const token = randomBytes(32).toString('base64url');
      const code = newCode();
      const created_at = now();
      const expires_at = new Date(created_at.getTime() + hours * 3_600_000);
      const link = { id: digestOfToken(token), tenant_id: tenant, instance_id: instance };
      await recorded(link, 'create', actor, () =>
        links.insert(tenant, { ...link, kind, code_hash: hashOf(token, code), created_by: actor, created_at, expires_at }),
      );
      return { id: link.id, token, code, expires_at };
    },

    list: (tenant) => links.list(tenant),

    revoke: async (tenant, id, actor) => {
      // Of which connection it is, only its row says.
      const asked = { tenant_id: tenant, instance_id: null, id };
      const revoked = async (): Promise<IntakeLink> => {
        const link = await links.revoke(tenant, id, now());
        if (link === null) throw gone();
        return link;
      };
      await recorded(asked, 'revoke', actor, revoked, ({ instance_id }) => ({ instance: instance_id }));
    },

    describe: async (token) => {
      const link = await links.findOpen(idOf(token), now());
      if (link === null) throw gone();
      return (await formOf(link)).form;
    },

    submit: async (token, code, fields) => {
      // Counted before it is looked at: many at once are as many attempts.
      const link = await links.spend(idOf(token), INTAKE_ATTEMPTS, now());
      if (link === null) throw gone();
      const actor = `intake:${link.id.slice(0, 16)}`;
      await recorded(link, 'submit', actor, async () => {
        if (!equal(hashOf(token, normalised(code)), link.code_hash)) throw gone();
        const { manifest } = await formOf(link);
        const input = checkedCredential(manifest, { kind: link.kind, fields });
        // As late as can be: of all that may fail only the writing comes after it, so that a keeper of keys who is away costs nobody his link.
        await store.put(link.tenant_id, link.instance_id, input, actor, async () => {
          if (!(await links.consume(link.id, now()))) throw gone();
        });
      });
    },
  };
}

const digestOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');
const hashOf = (token: string, code: string): string => createHmac('sha256', token).update(code).digest('hex');
const equal = (a: string, b: string): boolean => timingSafeEqual(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));

function idOf(token: string): string {
  if (typeof token !== 'string' || !TOKEN.test(token)) throw gone();
  return digestOfToken(token);
}

/** 32 letters divide 256: none is likelier. */
const newCode = (): string => [...randomBytes(CODE_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('');

/** As people type it: in groups, in lower case, with an O for a zero. */
const normalised = (code: unknown): string =>
  typeof code === 'string' ? code.slice(0, 64).toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1') : '';

/** One answer for everything that does not open: it tells nothing about which links there are. */
const gone = (): NotFoundError => new NotFoundError('intake link', 'this link with this code');

const invalid = (field: string, expected: string): InvalidInputError =>
  new InvalidInputError('the intake link cannot be made', { code: 'INVALID_INTAKE', field, expected });
