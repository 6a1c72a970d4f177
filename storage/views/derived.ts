/** Chains, paths and packs: in id order, live ones in lists; by id also those that the last pass no longer found. */
import type { Collection, Document, Filter } from 'mongodb';
import type { TenantId } from '../../domain/ids.ts';
import type { ChainView, IdPosition, PackView, Page, PageRequest, PathView } from '../../domain/views/types.ts';
import type { Collections, EvidencePackDoc, ExecutionChainDoc, StitchedPathDoc } from '../collections.ts';
import { oneOf, ownTenant, pageSize, text, texts } from '../mongo/guards.ts';
import { inDigestOrder } from './windows.ts';
import { without } from './without.ts';

const COMPLETENESS = ['complete', 'open_head', 'open_tail', 'open'] as const satisfies readonly PathView['completeness'][];

async function page<D, V>(
  collection: unknown,
  field: 'id' | 'digest',
  filter: object,
  request: PageRequest<IdPosition>,
  viewOf: (doc: D) => V,
): Promise<Page<V, IdPosition>> {
  const limit = pageSize(request.limit, 50, 200);
  const rows = await inDigestOrder<Document>(
    (id, most) =>
      (collection as Collection<Document>)
        .find({ ...filter, [field]: id } as Filter<Document>)
        .sort({ [field]: 1 })
        .limit(most)
        .toArray(),
    limit + 1,
    request.after === undefined ? undefined : text('after', request.after.id),
  );
  const items = rows.slice(0, limit);
  return { items: items.map((row) => viewOf(row as D)), next: rows.length > limit ? { id: String(items.at(-1)?.[field]) } : null };
}

export function derivedViews({
  executionChains,
  stitchedPaths,
  evidencePacks,
}: Pick<Collections, 'executionChains' | 'stitchedPaths' | 'evidencePacks'>) {
  return {
    chains: async (tenant: TenantId, filter: { readonly source_system?: string }, request: PageRequest<IdPosition>) =>
      page(
        executionChains,
        'id',
        {
          tenant_id: ownTenant(tenant),
          retired_at: null,
          ...(filter.source_system === undefined ? {} : { source_system: text('source_system', filter.source_system) }),
        },
        request,
        chainView,
      ),
    chain: async (tenant: TenantId, id: string): Promise<ChainView | null> => (await chainsById(tenant, [id]))[0] ?? null,
    chainsById,

    paths: async (tenant: TenantId, filter: { readonly completeness?: PathView['completeness'] }, request: PageRequest<IdPosition>) =>
      page(
        stitchedPaths,
        'id',
        {
          tenant_id: ownTenant(tenant),
          retired_at: null,
          ...(filter.completeness === undefined ? {} : { completeness: oneOf('completeness', filter.completeness, COMPLETENESS) }),
        },
        request,
        pathView,
      ),
    path: async (tenant: TenantId, id: string): Promise<PathView | null> => (await pathsById(tenant, [id]))[0] ?? null,
    pathsById,

    packs: async (tenant: TenantId, filter: { readonly finding_id?: string }, request: PageRequest<IdPosition>) =>
      page(
        evidencePacks,
        'digest',
        { tenant_id: ownTenant(tenant), ...(filter.finding_id === undefined ? {} : { finding_id: text('finding_id', filter.finding_id) }) },
        request,
        packView,
      ),
    async pack(tenant: TenantId, digest: string): Promise<PackView | null> {
      const tenant_id = ownTenant(tenant);
      const doc = await evidencePacks.findOne({ _id: `${tenant_id}:${text('digest', digest)}`, tenant_id });
      return doc === null ? null : packView(doc);
    },
    async packOfFinding(tenant: TenantId, finding: string): Promise<PackView | null> {
      const doc = await evidencePacks.findOne({ tenant_id: ownTenant(tenant), finding_id: text('finding', finding), superseded_at: null });
      return doc === null ? null : packView(doc);
    },
  };

  /** In the order of `ids`. */
  async function chainsById(tenant: TenantId, ids: readonly string[]): Promise<readonly ChainView[]> {
    return byId(executionChains, tenant, ids, chainView);
  }
  async function pathsById(tenant: TenantId, ids: readonly string[]): Promise<readonly PathView[]> {
    return byId(stitchedPaths, tenant, ids, pathView);
  }
}

async function byId<D extends { readonly id: string }, V>(
  collection: unknown,
  tenant: TenantId,
  ids: readonly string[],
  viewOf: (doc: D) => V,
): Promise<readonly V[]> {
  const tenant_id = ownTenant(tenant);
  const wanted = texts('ids', ids);
  if (wanted.length === 0) return [];
  const rows = (await (collection as Collection<{ _id: string }>)
    .find({ _id: { $in: wanted.map((id) => `${tenant_id}:${id}`) }, tenant_id } as Filter<{ _id: string }>)
    .toArray()) as unknown as D[];
  const found = new Map(rows.map((row) => [row.id, row]));
  return wanted.flatMap((id) => {
    const row = found.get(id);
    return row === undefined ? [] : [viewOf(row)];
  });
}

const chainView = (doc: ExecutionChainDoc): ChainView => without(doc, '_id', 'content_hash', 'changed_pass', 'change');
const pathView = (doc: StitchedPathDoc): PathView => without(doc, '_id', 'content_hash', 'changed_pass', 'change');
const packView = (doc: EvidencePackDoc): PackView => without(doc, '_id', 'pass', 'changed_pass');
