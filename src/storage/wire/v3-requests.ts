import { Anything, Flag, Int, Text, TextList } from '../../dialects/fields.js';
import { ArgumentInvalid } from '../../core/errors.js';
import type { Wire } from '../../dialects/wire.js';
import type { InitiateForm } from '../forms.service.js';
import type { CompleteUpload, InitiateUpload } from '../storage.service.js';

/** Members that requests to begin and to end an upload share. Names are judged by the service, which knows the caller. */
const NAME = { need: 'optional', max: 2048, description: '`<userID>/…`; administrators may choose.' } as const;
const CONTENT_TYPE = { need: 'optional', max: 255, example: 'image/png' } as const;
const CAUSE = { need: 'optional', max: 255, description: 'What it is for.', example: 'msg-picture' } as const;
const SIZE = { need: 'optional', min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } as const;

/** Most parts of an object. */
const MAX_PARTS = 10_000;

export class PartLimitV3 implements Wire<undefined> {
  toInput(): undefined {
    return undefined;
  }
}

export class PartSizeV3 implements Wire<number> {
  @Int({ ...SIZE, description: 'Bytes.', example: 52428800 }) size: number = 0;

  toInput(): number {
    return this.size;
  }
}

export class InitiateMultipartUploadV3 implements Wire<InitiateUpload> {
  @Text({
    need: 'optional',
    max: 255,
    description: 'MD5 over the comma-joined lower-case MD5s of the parts; of one part, the MD5 of its MD5.',
    example: 'd7afde3e7059cd0a0fe09eec4b0008cd',
  })
  hash: string = '';
  @Int({ ...SIZE, description: 'Bytes.', example: 1 }) size: number = 0;
  @Int({ ...SIZE, description: 'Ignored: the server computes it.' }) partSize: number = 0;
  @Int({ need: 'optional', description: 'Signatures wanted at once: 0 none, below 0 all.', example: -1 })
  maxParts: number = 0;
  @Text({ ...CAUSE }) cause: string = '';
  @Text({ ...NAME, example: 'openIM123456/picture.png' }) name: string = '';
  @Text({ ...CONTENT_TYPE }) contentType: string = '';

  toInput(): InitiateUpload {
    return this;
  }
}

export interface AuthSign {
  uploadID: string;
  partNumbers: number[];
}

export class AuthSignV3 implements Wire<AuthSign> {
  @Text({ need: 'optional', max: 255 }) uploadID: string = '';
  @Anything({
    need: 'optional',
    schema: { type: 'array', items: { type: 'integer', minimum: 1 }, maxItems: MAX_PARTS },
    description: 'Parts to sign, counted from 1.',
    example: [1],
  })
  partNumbers: unknown = [];

  toInput(): AuthSign {
    const { uploadID, partNumbers } = this;
    const sound = Array.isArray(partNumbers) && partNumbers.every((number) => Number.isInteger(number));
    if (!sound) throw new ArgumentInvalid('partNumbers must be a list of integers', 'partNumbers');
    if (partNumbers.length > MAX_PARTS) {
      throw new ArgumentInvalid(`partNumbers must have at most ${MAX_PARTS} entries`, 'partNumbers');
    }
    return { uploadID, partNumbers };
  }
}

export class CompleteMultipartUploadV3 implements Wire<CompleteUpload> {
  @Text({ need: 'optional', max: 255 }) uploadID: string = '';
  @TextList({ need: 'optional', max: MAX_PARTS, maxLength: 64, description: 'MD5s of the parts, in order.' })
  parts: string[] = [];
  @Text({ ...NAME, example: 'openIM123456/picture.png' }) name: string = '';
  @Text({ ...CONTENT_TYPE }) contentType: string = '';
  @Text({ ...CAUSE }) cause: string = '';

  toInput(): CompleteUpload {
    return this;
  }
}

export interface AccessUrl {
  name: string;
  query: Record<string, string>;
}

export class AccessUrlV3 implements Wire<AccessUrl> {
  @Text({ need: 'optional', max: 2048, example: 'openIM123456/picture.png' }) name: string = '';
  @Anything({
    need: 'optional',
    schema: { additionalProperties: { type: 'string' } },
    description: '`type` image: a smaller picture, with `format` (png, jpg, gif), `width` and `height` up to 1024.',
    example: { type: 'image', width: '100' },
  })
  query: unknown = {};

  toInput(): AccessUrl {
    const { name, query } = this;
    const sound =
      typeof query === 'object' &&
      query !== null &&
      !Array.isArray(query) &&
      Object.values(query).every((value) => typeof value === 'string');
    if (!sound) throw new ArgumentInvalid('query must be a map of strings', 'query');
    return { name, query: query as Record<string, string> };
  }
}

export class InitiateFormDataV3 implements Wire<InitiateForm> {
  @Text({ ...NAME, missing: 'name is empty', example: 'openIM123456/picture.png' }) name: string = '';
  @Int({ ...SIZE, description: 'Bytes.', example: 1 }) size: number = 0;
  @Text({ ...CONTENT_TYPE }) contentType: string = '';
  @Text({ ...CAUSE }) group: string = '';
  @Int({
    ...SIZE,
    description: 'How long the form may be sent. Administrators only; default 10 minutes, at most 7 days.',
  })
  millisecond: number = 0;
  @Flag({ description: 'The name is the key of the content. Administrators only.' }) absolute: boolean = false;

  toInput(): InitiateForm {
    const { group, ...form } = this;
    return { ...form, cause: group };
  }
}

export class CompleteFormDataV3 implements Wire<string> {
  @Text({ need: 'optional', max: 8192, description: 'As `initiate_form_data` answered it.' }) id: string = '';

  toInput(): string {
    return this.id;
  }
}
