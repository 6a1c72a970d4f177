/** `SV0_FEDERATION_FILE`: who we are to AWS, Entra and GitHub. The file is not secret: it names files that are. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../../domain/errors.ts';

/** Our proofs of identity go to these addresses: no instance and no tenant has a say in them. */
const address = z
  .url()
  .refine((url) => url.startsWith('https://') || /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::|\/|$)/.test(url), 'an https address');
const file = z.string().min(1);

const schema = z.strictObject({
  aws: z
    .strictObject({
      principal_arn: z.string().regex(/^arn:(?:aws|aws-cn|aws-us-gov):iam::\d{12}:(?:role|user)\/[\w+=,.@/-]{1,512}$/),
      region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
      sts_url: address.optional(),
      access_key_file: file.optional(),
    })
    .optional(),
  entra: z
    .strictObject({
      client_id: z.guid(),
      authority_url: address.default('https://login.microsoftonline.com'),
      graph_url: address.default('https://graph.microsoft.com'),
      redirect_url: address,
      certificate_file: file.optional(),
      client_secret_file: file.optional(),
    })
    .refine(
      (it) => (it.certificate_file === undefined) !== (it.client_secret_file === undefined),
      'either certificate_file or client_secret_file',
    )
    .optional(),
  github: z
    .strictObject({
      app_id: z.int().positive(),
      slug: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/),
      api_url: address.default('https://api.github.com'),
      web_url: address.default('https://github.com'),
      private_key_file: file,
    })
    .optional(),
});

export type FederationFile = z.infer<typeof schema>;

/** Paths in it become absolute: they count from the file's folder. @throws InvalidInputError `INVALID_CONFIGURATION` */
export async function readFederationFile(path: string | undefined): Promise<FederationFile> {
  if (path === undefined) return {};
  const text = await readFile(path, 'utf8').catch(() => {
    throw invalid([{ field: 'SV0_FEDERATION_FILE', expected: 'a file that exists and may be read' }]);
  });
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw invalid([{ field: 'SV0_FEDERATION_FILE', expected: 'one JSON object' }]);
  }
  const result = schema.safeParse(document);
  if (!result.success) {
    throw invalid(
      result.error.issues.map(({ path: field, message }) => ({ field: `SV0_FEDERATION_FILE.${field.join('.')}`, expected: message })),
    );
  }
  const at = (name: string): string => resolve(dirname(path), name);
  const { aws, entra, github } = result.data;
  return {
    ...(aws === undefined
      ? {}
      : { aws: { ...aws, ...(aws.access_key_file === undefined ? {} : { access_key_file: at(aws.access_key_file) }) } }),
    ...(entra === undefined
      ? {}
      : {
          entra: {
            ...entra,
            ...(entra.certificate_file === undefined ? {} : { certificate_file: at(entra.certificate_file) }),
            ...(entra.client_secret_file === undefined ? {} : { client_secret_file: at(entra.client_secret_file) }),
          },
        }),
    ...(github === undefined ? {} : { github: { ...github, private_key_file: at(github.private_key_file) } }),
  };
}

export function invalid(problems: readonly { readonly field: string; readonly expected: string }[]): InvalidInputError {
  const said = problems.map(({ field, expected }) => `${field}: ${expected}`).join('; ');
  return new InvalidInputError(`the configuration is not valid: ${said}`, { code: 'INVALID_CONFIGURATION', ...problems[0], problems });
}
