/** A pack to take away (DATA-08). Taking it is an audited act: what cannot be recorded is not handed out. */
import { packFile, packFileName } from '../../domain/evidence/file.ts';
import { NotFoundError } from '../../domain/errors.ts';
import { createRoute, digestSchema, json, problems, type Register, tenantQuery, z } from '../schemas/common.ts';
import { packFileSchema } from '../schemas/pack.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/evidence-packs/{id}/file',
  tags: ['evidence'],
  summary: 'One evidence pack as a file, complete for offline verification',
  request: { params: z.strictObject({ id: digestSchema }), query: tenantQuery },
  responses: { 200: json(packFileSchema, 'The pack'), ...problems },
});

export const getEvidencePacksIdFile: Register = (api, deps) => {
  api.openapi(route, async (c) => {
    const { id } = c.req.valid('param');
    const tenant = c.req.valid('query').tenant_id;
    const pack = await deps.views.tenant.pack(tenant, id);
    if (pack === null) throw new NotFoundError('evidence pack', id);
    const blobs = await deps.views.tenant.packBlobs(tenant, pack);
    await deps.audit.record(tenant, {
      action: 'evidence_pack_exported',
      actor: c.var.caller.user_id,
      subject: { pack: pack.digest, finding: pack.finding_id },
    });
    // The bytes are the file's, not this answer's: `sv0 evidence export` writes the same. The types know JSON answers as objects only.
    return c.body(packFile({ digest: pack.digest, manifest: pack.manifest, envelope: pack.envelope, blobs }), 200, {
      'content-type': 'application/json',
      'content-disposition': `attachment; filename="${packFileName(pack)}"`,
    }) as never;
  });
};
