import { applyDecorators, Controller, Get, Query, Req, Res, UseFilters } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Documented } from '../dialects/documented.js';
import { ObjectAccess } from './object-access.js';
import { TextFailureFilter } from './text-failure.filter.js';

const HOUR_MS = 3_600_000;

/** Shortest time what a lasting URL leads to can be loaded from: enough to watch a film. */
const LINK_MS = 24 * HOUR_MS;

/** The lasting URLs of objects. */
@Documented(({ ApiTags }) => ApiTags('object'))
@Controller('object')
@UseFilters(TextFailureFilter)
export class ObjectLinksController {
  constructor(
    private readonly access: ObjectAccess,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get('*')
  @Documented(documentLink)
  async follow(
    @Req() { originalUrl, url }: { originalUrl?: string; url: string },
    @Query() query: Record<string, unknown>,
    @Res() response: unknown,
  ): Promise<void> {
    const [path = ''] = (originalUrl ?? url).split('?', 1);
    const written = path.slice(path.indexOf('/object/') + '/object/'.length);
    // Whole hours, so that the same picture has the same URL for a while, and browsers need not load it again.
    const until = Math.ceil((Date.now() + LINK_MS) / HOUR_MS) * HOUR_MS;
    // Relative, so that it holds behind any proxy.
    const base = '../'.repeat(written.split('/').length).slice(0, -1);
    const target = await this.access.url(decoded(written), firstValues(query), until, base);
    this.adapterHost.httpAdapter.redirect(response, 302, target);
  }
}

/** What cannot be decoded was not encoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function firstValues(query: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) as Record<string, string>;
}

function documentLink(swagger: typeof import('@nestjs/swagger')): MethodDecorator {
  const { ApiBadRequestResponse, ApiFoundResponse, ApiNotFoundResponse, ApiOperation, ApiParam, ApiQuery } = swagger;
  return applyDecorators(
    ApiOperation({
      operationId: 'object_by_name',
      summary: 'Leads to the content of an object, or to a smaller picture of it (v3)',
      description: 'Who may call: Anyone who knows the name. Failures are plain text.',
    }),
    ApiQuery({ name: 'height', required: false, schema: { type: 'integer', maximum: 1024 } }),
    ApiQuery({ name: 'width', required: false, schema: { type: 'integer', maximum: 1024 } }),
    ApiQuery({ name: 'format', required: false, schema: { type: 'string', enum: ['png', 'jpg', 'jpeg', 'gif'] } }),
    ApiQuery({ name: 'type', required: false, schema: { type: 'string', enum: ['image'] } }),
    ApiParam({ name: 'path', description: 'The name; may contain slashes.', schema: { type: 'string' } }),
    ApiNotFoundResponse({ description: 'No such object.' }),
    ApiBadRequestResponse({ description: 'No name, or a view the object does not have.' }),
    ApiFoundResponse({ description: '`Location` is where the content is.' }),
  );
}
