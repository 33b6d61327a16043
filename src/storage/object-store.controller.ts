import type { Readable } from 'node:stream';
import {
  BadRequestException,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  HttpException,
  NotFoundException,
  PayloadTooLargeException,
  Post,
  Put,
  Query,
  Req,
  Res,
  ServiceUnavailableException,
  StreamableFile,
  UnsupportedMediaTypeException,
  UseFilters,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Documented } from '../dialects/documented.js';
import { FileStore, FORM_FIELD, UploadGone } from './file-store.js';
import { NoFormFile, takeFormFile } from './form-file.js';
import { TooManyBytes } from './metering.js';
import { ObjectStore } from './object-store.js';
import { contentDisposition, rangeOf, safeContentType } from './presentation.js';
import { BodyBrokeOff, bodyHeader, isLong, isUnread, type RawRequest, rawOf, withBody } from './raw-request.js';
import { isLasting } from './storage.policy.js';
import { TextFailureFilter } from './text-failure.filter.js';
import { type Permission, STORE_PATH, Tickets } from './tickets.js';
import { Thumbnails, ThumbnailsBusy } from './thumbnails.js';

/** Content never runs as a page of our origin, and pages of other origins may show it. */
const PROTECTION = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  // The URL is a permission.
  'Referrer-Policy': 'no-referrer',
};

/** How long browsers may keep what never changes: URLs of it stay the same for an hour and more. */
const KEEP = 'private, max-age=604800, immutable';

/** Bytes a form may have around its file. */
const FORM_OVERHEAD = 1024 * 1024;

/**
 * What signed URLs of our own lead to: {@link FileStore}'s uploads and downloads, and thumbnails of any store. The ticket
 * says what its bearer may do; it stands in the query, which is not logged. Answers and failures are an object store's:
 * statuses and text, no envelope.
 */
@Documented(({ ApiExcludeController }) => ApiExcludeController())
@Controller(STORE_PATH)
@UseFilters(TextFailureFilter)
export class ObjectStoreController {
  constructor(
    private readonly store: ObjectStore,
    private readonly tickets: Tickets,
    private readonly thumbnails: Thumbnails,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Takes in one part of an upload, and answers its MD5 as `ETag`. */
  @Put()
  @HttpCode(200)
  async put(
    @Query('ticket') ticket: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const raw = rawOf(request);
    try {
      const { upload, part, size } = this.permission(ticket, 'put');
      const md5 = await this.receive(raw, size, (body) => this.files.receivePart(upload, part, body, size));
      this.header(response, { ETag: `"${md5}"` });
    } catch (error) {
      throw this.refusal(raw, response, error);
    }
  }

  /** Takes in the file of an HTML form. */
  @Post()
  @HttpCode(200)
  async post(
    @Query('ticket') ticket: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<void> {
    const raw = rawOf(request);
    try {
      const { upload, size } = this.permission(ticket, 'form');
      const take = (file: Readable) => this.files.receiveForm(upload, file, size);
      const contentType = bodyHeader(raw, 'content-type') ?? '';
      await this.receive(raw, size + FORM_OVERHEAD, (body) => takeFormFile(body, contentType, FORM_FIELD, take));
    } catch (error) {
      throw this.refusal(raw, response, error);
    }
  }

  /** Content, all of it or one range; or a thumbnail. */
  @Get()
  async get(
    @Query('ticket') ticket: unknown,
    @Req() request: object,
    @Res({ passthrough: true }) response: unknown,
  ): Promise<StreamableFile> {
    const image = this.tickets.open(ticket, 'image');
    if (image) return this.thumbnail(image, response);
    const { key, type, name } = this.permission(ticket, 'get');
    const { headers, method } = rawOf(request);
    const found = await this.files.stat(key);
    if (!found) throw new NotFoundException('not found');
    const tag = `"${found.version}"`;
    // A range of what was there before would be put together with the rest of what is there now.
    const sameAsBefore = headers['if-range'] === undefined || headers['if-range'] === tag;
    const range = sameAsBefore ? rangeOf(headers.range, found.size) : undefined;
    this.header(response, {
      ...PROTECTION,
      'Accept-Ranges': 'bytes',
      ETag: tag,
      'Cache-Control': isLasting(key) ? KEEP : 'private',
    });
    if (range === 'none') {
      this.header(response, { 'Content-Range': `bytes */${found.size}` });
      throw new HttpException('the range is outside of the content', 416);
    }
    this.header(response, {
      'Content-Type': safeContentType(type),
      'Content-Disposition': contentDisposition(name),
      'Content-Length': String(range ? range.end - range.start + 1 : found.size),
      ...(range ? { 'Content-Range': `bytes ${range.start}-${range.end}/${found.size}` } : {}),
    });
    if (range) this.adapterHost.httpAdapter.status(response, 206);
    // Of a HEAD, nobody would see the bytes that are read.
    if (method === 'HEAD') return new StreamableFile(Buffer.alloc(0));
    return new StreamableFile(await this.files.read(key, range));
  }

  private async thumbnail({ key, view }: Extract<Permission, { do: 'image' }>, response: unknown) {
    try {
      const picture = await this.thumbnails.render(key, view);
      this.header(response, {
        ...PROTECTION,
        'Content-Type': `image/${view.format}`,
        'Content-Length': String(picture.length),
        'Cache-Control': isLasting(key) ? KEEP : 'private',
      });
      return new StreamableFile(picture);
    } catch (error) {
      if (error instanceof ThumbnailsBusy) throw new ServiceUnavailableException('too many pictures are being made');
      throw error;
    }
  }

  /** @throws TooManyBytes, NoFormFile, UploadGone, and what breaks off */
  private receive<T>(raw: RawRequest, limit: number, take: (body: Readable) => Promise<T>): Promise<T> {
    if (!isUnread(raw)) {
      throw new UnsupportedMediaTypeException('a body parser of the host application has read this body already');
    }
    return withBody(raw, limit, take);
  }

  /** What to say about an upload that failed; ends the connection where the client would go on sending. */
  private refusal(raw: RawRequest, response: unknown, error: unknown): unknown {
    if (!raw.readableEnded && isLong(raw)) this.header(response, { Connection: 'close' });
    if (error instanceof TooManyBytes) return new PayloadTooLargeException('more bytes than the upload was begun for');
    if (error instanceof UploadGone) return new NotFoundException('no such upload, or it has ended');
    if (error instanceof NoFormFile) return new BadRequestException(error.message);
    if (error instanceof BodyBrokeOff) return new BadRequestException('the body broke off');
    return error;
  }

  private permission<Do extends Permission['do']>(ticket: unknown, purpose: Do) {
    const permission = this.tickets.open(ticket, purpose);
    if (!permission) throw new ForbiddenException('the URL is not valid, or no longer');
    return permission;
  }

  private get files(): FileStore {
    if (this.store instanceof FileStore) return this.store;
    throw new NotFoundException('not found');
  }

  private header(response: unknown, headers: Record<string, string>): void {
    for (const [name, value] of Object.entries(headers)) this.adapterHost.httpAdapter.setHeader(response, name, value);
  }
}
