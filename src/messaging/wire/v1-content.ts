import { parse } from 'secure-json-parse';
import { ContentType } from '../../core/protocol.js';
import { isStorable } from '../../core/text.js';
import { ContentIncomplete, ContentMismatch, ContentTypeUnknown } from '../message.errors.js';
import { asContentObject, type Content } from './content-object.js';

/** What a member of a content object may be. */
type Kind = 'text' | 'number' | 'flag' | 'texts' | 'object' | 'objects';

/** The members of one content type, and which of them it cannot do without. */
interface ContentShape {
  members: Readonly<Record<string, Kind>>;
  /** Must be there and not ""; an empty list or object passes. */
  required?: readonly string[];
  /** Must be there; 0 is a value. */
  present?: readonly string[];
  /** The stored form, when it is not the object itself. */
  stored?: (content: Content) => string;
  /** A look no single member allows. */
  check?: (content: Content) => void;
}

const PICTURE = { uuid: 'text', type: 'text', size: 'number', width: 'number', height: 'number', url: 'text' } as const;

/** The thirteen types `/manager/send_msg` supports. Source: contract/legacy/seeds.md section 20. */
const SHAPES: Readonly<Record<number, ContentShape>> = {
  [ContentType.text]: {
    members: { text: 'text' },
    required: ['text'],
    stored: ({ text }) => JSON.stringify({ content: text }),
  },
  [ContentType.picture]: {
    members: { sourcePath: 'text', sourcePicture: 'object', bigPicture: 'object', snapshotPicture: 'object' },
    required: ['sourcePicture'],
    check: checkPictures,
  },
  [ContentType.voice]: {
    members: { uuid: 'text', soundPath: 'text', sourceUrl: 'text', dataSize: 'number', duration: 'number' },
  },
  [ContentType.video]: {
    members: {
      videoPath: 'text',
      videoUUID: 'text',
      videoUrl: 'text',
      videoType: 'text',
      videoSize: 'number',
      duration: 'number',
      snapshotPath: 'text',
      snapshotUUID: 'text',
      snapshotSize: 'number',
      snapshotUrl: 'text',
      snapshotWidth: 'number',
      snapshotHeight: 'number',
    },
  },
  [ContentType.file]: {
    members: { filePath: 'text', uuid: 'text', sourceUrl: 'text', fileName: 'text', fileSize: 'number' },
  },
  [ContentType.at]: {
    members: { text: 'text', atUserList: 'texts', isAtSelf: 'flag' },
    required: ['text', 'atUserList'],
  },
  [ContentType.merger]: {
    members: { title: 'text', abstractList: 'texts', multiMessage: 'objects' },
    required: ['multiMessage'],
    stored: (content) =>
      JSON.stringify({ ...content, multiMessage: (content['multiMessage'] as Content[]).map(messageFromV1) }),
  },
  [ContentType.card]: {
    members: { uid: 'text', name: 'text', icon: 'text' },
    check: (content) => {
      if (Object.keys(content).length === 0) throw new ContentIncomplete('uid');
    },
    stored: ({ uid, name, icon, ...rest }) =>
      JSON.stringify({ userID: uid ?? '', nickname: name ?? '', faceURL: icon ?? '', ex: '', ...rest }),
  },
  [ContentType.location]: {
    members: { description: 'text', longitude: 'number', latitude: 'number' },
    present: ['longitude', 'latitude'],
  },
  [ContentType.custom]: {
    members: { data: 'text', description: 'text', extension: 'text' },
    required: ['data'],
  },
  [ContentType.revoke]: {
    members: { revokeMsgClientID: 'text' },
    required: ['revokeMsgClientID'],
    // The only content stored as bare text; JSON escapes what the databases cannot keep.
    check: ({ revokeMsgClientID }) => {
      if (!isStorable(revokeMsgClientID as string))
        throw new ContentMismatch('revokeMsgClientID', 'valid text without NUL');
    },
    stored: ({ revokeMsgClientID }) => revokeMsgClientID as string,
  },
  [ContentType.legacyReadReceipt]: {
    members: { msgIDList: 'texts' },
    required: ['msgIDList'],
    check: ({ msgIDList }) => {
      if ((msgIDList as string[]).length === 0) throw new ContentIncomplete('msgIDList');
    },
    stored: ({ msgIDList }) => JSON.stringify(msgIDList),
  },
  [ContentType.quote]: {
    members: { text: 'text', quoteMessage: 'object' },
    required: ['text', 'quoteMessage'],
    stored: (content) =>
      JSON.stringify({ ...content, quoteMessage: messageFromV1(flattenQuote(content['quoteMessage'] as Content)) }),
  },
};

/** A content that was looked at. */
export interface CheckedContentV1 {
  /** What is stored: JSON text in the v3 form, or bare text for 111. */
  content: string;
  /** Users mentioned by content type 106. */
  atUserIDList: string[];
}

/**
 * Checks the content of a v1 admin message and brings it into its stored form. Numbers given as text and texts given as
 * numbers are taken as what they should be, as the original did.
 *
 * @throws ArgumentInvalid when it is no object, is too large or nests too deep
 * @throws ContentTypeUnknown, ContentMismatch, ContentIncomplete
 */
export function readContentV1(contentType: number, given: unknown): CheckedContentV1 {
  const object = asObject(given);
  const shape = SHAPES[contentType];
  if (!shape) throw new ContentTypeUnknown(contentType);
  const content = coerce(object, shape.members, '');
  for (const member of shape.required ?? []) if (isEmpty(content[member])) throw new ContentIncomplete(member);
  for (const member of shape.present ?? []) if (content[member] === undefined) throw new ContentIncomplete(member);
  shape.check?.(content);
  const stored = shape.stored?.(content) ?? JSON.stringify(content);
  return { content: stored, atUserIDList: contentType === ContentType.at ? (content['atUserList'] as string[]) : [] };
}

function asObject(given: unknown): Content {
  return asContentObject(typeof given === 'string' ? parsed(given) : given);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

/** The object with its known members in their proper types; others are passed on as they are, null ones left out. */
function coerce(content: Content, members: Readonly<Record<string, Kind>>, path: string): Content {
  const result: Content = {};
  for (const [member, value] of Object.entries(content)) {
    if (value === null || value === undefined) continue;
    const kind = Object.hasOwn(members, member) ? members[member] : undefined;
    result[member] = kind ? coerceValue(value, kind, path + member) : value;
  }
  return result;
}

function coerceValue(value: unknown, kind: Kind, path: string): unknown {
  switch (kind) {
    case 'text':
      if (typeof value === 'number') return String(value);
      if (typeof value !== 'string') throw new ContentMismatch(path, 'text');
      return value;
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      throw new ContentMismatch(path, 'a number');
    }
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw new ContentMismatch(path, 'true or false');
    case 'texts':
      if (Array.isArray(value)) return value.map((one, index) => coerceValue(one, 'text', `${path}[${index}]`));
      throw new ContentMismatch(path, 'a list of texts');
    case 'objects':
      if (Array.isArray(value)) return value.map((one, index) => coerceValue(one, 'object', `${path}[${index}]`));
      throw new ContentMismatch(path, 'a list of objects');
    case 'object':
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
      throw new ContentMismatch(path, 'an object');
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '';
}

/** The source must be complete; the two smaller pictures may be missing. */
function checkPictures(content: Content): void {
  for (const name of ['sourcePicture', 'bigPicture', 'snapshotPicture']) {
    if (content[name] === undefined) continue;
    content[name] = coerce(content[name] as Content, PICTURE, `${name}.`);
  }
  const source = content['sourcePicture'] as Content;
  for (const member of ['type', 'size', 'width', 'height', 'url']) {
    if (!source[member]) throw new ContentIncomplete(`sourcePicture.${member}`);
  }
}

/** Nanoseconds in a millisecond. */
const NS_PER_MS = 1e6;

/** A quoted or merged v1 message in the v3 client form: times in milliseconds, a text also as its element. */
function messageFromV1(message: Content): Content {
  const { senderNickName, platformID, ...rest } = message;
  const result: Content = { ...rest };
  if (senderNickName !== undefined) result['senderNickname'] = senderNickName;
  if (platformID !== undefined) result['senderPlatformID'] = platformID;
  for (const time of ['sendTime', 'createTime']) {
    // Younger than 1970 plus 3,000 years in milliseconds is milliseconds already.
    if (typeof result[time] === 'number' && result[time] > 1e14) result[time] = Math.round(result[time] / NS_PER_MS);
  }
  if (message['contentType'] === ContentType.text && typeof message['content'] === 'string') {
    result['textElem'] = { content: message['content'] };
  }
  return result;
}

/** A quote of a quote carries the inner message as the text it says. */
function flattenQuote(message: Content): Content {
  if (message['contentType'] !== ContentType.quote) return message;
  const element =
    message['quoteElem'] ?? (typeof message['content'] === 'string' ? parsed(message['content']) : undefined);
  const text = typeof element === 'object' && element !== null ? (element as Content)['text'] : undefined;
  if (typeof text !== 'string') return message;
  const { quoteElem: _, ...rest } = message;
  return { ...rest, contentType: ContentType.text, content: text };
}
