/** The client's types as the served OpenAPI document makes them: the same bytes for the same document. */
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript';
import { appUnderTest } from '../api/app-under-test.ts';

// Mutable: openapi-fetch's own mapping of answers (`Readable`) does not know readonly arrays as arrays.
export async function clientTypes(): Promise<string> {
  const answer = await appUnderTest().app.request('/api/v1/openapi.json');
  const document = (await answer.json()) as OpenAPI3;
  return `${COMMENT_HEADER}${astToString(await openapiTS(document, { alphabetize: true }))}`;
}
