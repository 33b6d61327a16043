import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyInstance } from 'fastify';
import { documentOperations } from '../dialects/documented.js';
import { SAMPLE_TOKEN } from '../dialects/speech.js';
import { SAMPLE_GROUP_ID } from '../groups/wire/v1.js';
import { VERSION } from '../core/version.js';
import { protectPages } from './page-headers.js';

const INTRODUCTION = `
OpenIM's REST API in three dialects, side by side on the same paths. Choose a sample of a dialect in the request box and press Execute.

1. Try \`/auth/user_token\`: this page remembers the token of an administrator and sends it from then on (**Authorize** sets another one).
2. Samples speak of the administrators, who always exist. Where one speaks of group \`${SAMPLE_GROUP_ID}\`, this page puts the group you created last.
`;

/** The OpenAPI 3.1 document of every operation. */
export async function openApiDocument(app: INestApplication): Promise<OpenAPIObject> {
  await documentOperations();
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
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

/**
 * Swagger UI at /docs and the document at /docs-json and /docs-yaml. They are an application of their own, which is loaded
 * when somebody first asks for one of them.
 */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  let docs: Promise<FastifyInstance> | undefined;
  for (const path of ['/docs', '/docs/*', '/docs-json', '/docs-yaml']) {
    fastify.get(path, async ({ url }, reply) => {
      docs ??= loadDocs(app).catch((error: unknown) => {
        docs = undefined;
        throw error;
      });
      const { statusCode, headers, rawPayload } = await (await docs).inject({ method: 'GET', url });
      for (const [name, value] of Object.entries(headers)) if (!CONNECTION.has(name)) reply.header(name, value);
      return reply.status(statusCode).send(rawPayload);
    });
  }
}

/** What of an answer's head belongs to how it was carried, and not to its content. */
const CONNECTION = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

@Module({})
class DocsModule {}

async function loadDocs(app: NestFastifyApplication): Promise<FastifyInstance> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const adapter = new FastifyAdapter();
  const docs = await NestFactory.create<NestFastifyApplication>(DocsModule, adapter, { logger: false });
  const script = `(${rememberWhatSamplesNeed.toString()})(${JSON.stringify(PLACEHOLDERS)})`;
  await protectPages(docs, [script]);
  SwaggerModule.setup('docs', docs, await openApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'openim-nest API',
    swaggerOptions: { tryItOutEnabled: true, persistAuthorization: true, docExpansion: 'list' },
    customJsStr: script,
  });
  await docs.init();
  const fastify = adapter.getInstance() as FastifyInstance;
  await fastify.ready();
  return fastify;
}

/** What stands in samples for things that only exist once they were made. */
const PLACEHOLDERS = { groupID: SAMPLE_GROUP_ID, token: SAMPLE_TOKEN };

/** Runs in the browser: puts the last token and group in the place of samples' ones, so that every sample works as it stands. */
function rememberWhatSamplesNeed(placeholders: { groupID: string; token: string }): void {
  type Init = { method?: string; headers?: Record<string, string>; body?: unknown };
  const page = globalThis as unknown as { fetch: (input: unknown, init?: Init) => Promise<Response> };
  const send = page.fetch.bind(globalThis);
  let token = '';
  let groupID = '';
  page.fetch = async (input, init) => {
    if (init?.method !== 'POST' || typeof init.body !== 'string') return send(input, init);
    const body = init.body
      .replaceAll(placeholders.groupID, groupID || placeholders.groupID)
      .replaceAll(placeholders.token, token || placeholders.token);
    const headers = { ...init.headers };
    if (token) headers['token'] ??= token;
    // v3 wants it in the header; samples of v1 and v2 that need one carry it in the body.
    if (!body.includes('"operationID"')) headers['operationID'] ??= 'docs';
    const answer = await send(input, { ...init, headers, body });
    const { data } = (await answer
      .clone()
      .json()
      .catch(() => ({}))) as { data?: { token?: string; groupID?: string; groupInfo?: { groupID?: string } } };
    if (data?.token && body.includes('openIM')) token = data.token;
    // v1 and v2 answer it alone, v3 in the group.
    groupID = data?.groupID ?? data?.groupInfo?.groupID ?? groupID;
    return answer;
  };
}
