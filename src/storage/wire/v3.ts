import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, v3Answer } from '../../dialects/v3-fields.js';
import type { PartLimits, SignedPart } from '../object-store.js';
import type { InitiatedForm, InitiateForm } from '../forms.service.js';
import type { CompleteUpload, InitiatedUpload, InitiateUpload } from '../storage.service.js';
import {
  type AccessUrl,
  AccessUrlV3,
  type AuthSign,
  AuthSignV3,
  CompleteFormDataV3,
  CompleteMultipartUploadV3,
  InitiateFormDataV3,
  InitiateMultipartUploadV3,
  PartLimitV3,
  PartSizeV3,
} from './v3-requests.js';

/** What object endpoints say in v3. Source: contract/v3/object-and-third.md. */

const SAMPLE_NAME = 'openIM123456/picture.png';
const SAMPLE_URL = `http://127.0.0.1:10002/object/${SAMPLE_NAME}`;
const SAMPLE_PART = {
  partNumber: 1,
  url: 'http://127.0.0.1:10002/object-store?ticket=eyJkbyI6…',
  query: null,
  header: null,
};
/** MD5 of the MD5 of `a`. */
const SAMPLE_HASH = 'd7afde3e7059cd0a0fe09eec4b0008cd';

/** URLs of ours need no more than themselves: `query` and `header` are there for clients that look at them. */
function signedPartsView(parts: readonly SignedPart[]): object {
  return {
    url: '',
    query: null,
    header: null,
    parts: listOrNull(parts.map(({ partNumber, url }) => ({ partNumber, url, query: null, header: null }))),
  };
}

export const partLimitV3: V3Speech<undefined, PartLimits> = {
  request: PartLimitV3,
  answer: ({ minPartSize, maxPartSize, maxParts }) => ({ minPartSize, maxPartSize, maxNumSize: maxParts }),
  sample: {
    request: {},
    answer: v3Answer({ minPartSize: 5242880, maxPartSize: 5368709120, maxNumSize: 10000 }),
  },
};

export const partSizeV3: V3Speech<number, number> = {
  request: PartSizeV3,
  answer: (size) => ({ size }),
  sample: { request: { size: 52428800 }, answer: v3Answer({ size: 5242880 }) },
};

/** The name's URL once the content is there, else how to upload it. */
export const initiateMultipartUploadV3: V3Speech<InitiateUpload, { url: string; upload?: InitiatedUpload }> = {
  request: InitiateMultipartUploadV3,
  answer: ({ url, upload }) => ({
    url: upload ? '' : url,
    upload: upload
      ? {
          uploadID: upload.uploadID,
          partSize: upload.partSize,
          sign: upload.parts ? signedPartsView(upload.parts) : null,
          expireTime: upload.expireTime,
        }
      : null,
  }),
  sample: {
    request: { hash: SAMPLE_HASH, size: 1, maxParts: -1, name: SAMPLE_NAME, contentType: 'image/png' },
    answer: v3Answer({
      url: '',
      upload: {
        uploadID: '5f0e8a1d2c3b4a596877665544332211',
        partSize: 5242880,
        sign: { url: '', query: null, header: null, parts: [SAMPLE_PART] },
        expireTime: 1699846022762,
      },
    }),
  },
};

export const authSignV3: V3Speech<AuthSign, SignedPart[]> = {
  request: AuthSignV3,
  answer: signedPartsView,
  sample: {
    request: { uploadID: '5f0e8a1d2c3b4a596877665544332211', partNumbers: [1] },
    answer: v3Answer({ url: '', query: null, header: null, parts: [SAMPLE_PART] }),
  },
};

export const completeMultipartUploadV3: V3Speech<CompleteUpload, string> = {
  request: CompleteMultipartUploadV3,
  answer: (url) => ({ url }),
  sample: {
    request: {
      uploadID: '5f0e8a1d2c3b4a596877665544332211',
      parts: ['0cc175b9c0f1b6a831c399e269772661'],
      name: SAMPLE_NAME,
      contentType: 'image/png',
      cause: 'msg-picture',
    },
    answer: v3Answer({ url: SAMPLE_URL }),
  },
};

export const accessUrlV3: V3Speech<AccessUrl, { url: string; expireTime: number }> = {
  request: AccessUrlV3,
  answer: ({ url, expireTime }) => ({ url, expireTime }),
  sample: {
    request: { name: SAMPLE_NAME, query: { type: 'image', width: '100' } },
    answer: v3Answer({ url: SAMPLE_PART.url, expireTime: 1699846022762 }),
  },
};

export const initiateFormDataV3: V3Speech<InitiateForm, InitiatedForm> = {
  request: InitiateFormDataV3,
  answer: ({ id, url, file, fields, expires }) => ({
    id,
    url,
    file,
    header: null,
    ...(Object.keys(fields).length > 0 ? { formData: fields } : {}),
    expires,
    successCodes: [200],
  }),
  sample: {
    request: { name: SAMPLE_NAME, size: 1, contentType: 'image/png', group: 'msg-picture' },
    answer: v3Answer({
      id: '5f0e8a1d2c3b4a596877665544332211',
      url: SAMPLE_PART.url,
      file: 'file',
      header: null,
      expires: 1699241822762,
      successCodes: [200],
    }),
  },
};

export const completeFormDataV3: V3Speech<string, string> = {
  request: CompleteFormDataV3,
  answer: (url) => ({ url }),
  sample: { request: { id: '5f0e8a1d2c3b4a596877665544332211' }, answer: v3Answer({ url: SAMPLE_URL }) },
};
