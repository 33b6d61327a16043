import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { SAMPLE_GROUP_ID } from '../groups/wire/v1.js';
import { VERSION } from './version.js';

const INTRODUCTION = `
OpenIM's REST API in three dialects, side by side on the same paths. Choose a sample of a dialect in the request box and press Execute.

1. Try \`/auth/user_token\`: this page remembers the token of an administrator and sends it from then on (**Authorize** sets another one).
2. Samples speak of the administrators, who always exist. Where one speaks of group \`${SAMPLE_GROUP_ID}\`, this page puts the group you created last.
`;

/** The OpenAPI 3.1 document of every operation. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('openim-nest')
    .setDescription(INTRODUCTION)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setOpenAPIVersion('3.1.0')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'token' }, 'token')
    .build();
  return SwaggerModule.createDocument(app, config);
}

/** Swagger UI at /docs and the document at /docs-json. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'openim-nest API',
    swaggerOptions: { tryItOutEnabled: true, persistAuthorization: true, docExpansion: 'list' },
    customJsStr: `(${rememberWhatSamplesNeed.toString()})(${JSON.stringify(SAMPLE_GROUP_ID)})`,
  });
}

/** Runs in the browser: keeps the last administrator token and group, so that every sample works as it stands. */
function rememberWhatSamplesNeed(sampleGroupID: string): void {
  const page = globalThis as unknown as {
    fetch: (input: unknown, init?: { headers?: Record<string, string>; body?: unknown }) => Promise<Response>;
    imToken?: string;
    imGroupID?: string;
  };
  const send = page.fetch.bind(globalThis);
  page.fetch = async (input, init = {}) => {
    const headers: Record<string, string> = { ...init.headers };
    if (page.imToken && !headers['token']) headers['token'] = page.imToken;
    const body =
      typeof init.body === 'string' && page.imGroupID ? init.body.replaceAll(sampleGroupID, page.imGroupID) : init.body;
    const answer = await send(input, { ...init, headers, body });
    const { data } = (await answer
      .clone()
      .json()
      .catch(() => ({}))) as { data?: { token?: string; groupID?: string } };
    if (data?.token && typeof body === 'string' && body.includes('openIM')) page.imToken = data.token;
    if (data?.groupID) page.imGroupID = data.groupID;
    return answer;
  };
}
