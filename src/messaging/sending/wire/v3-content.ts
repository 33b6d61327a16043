import { goJson } from '../../../core/go-json.js';
import { ContentType } from '../../../core/protocol.js';
import { uint64Of } from '../../../dialects/exact-numbers.js';
import { ContentIncomplete, ContentMismatch, ContentTypeUnknown } from '../../message.errors.js';
import { asContentObject, type Content } from '../../wire/content-object.js';

/** What a member of a content may be. Numbers and texts pass for each other. */
type Kind = 'text' | 'number' | 'flag' | 'texts' | 'objects' | Shape;

/** The rule of a member. */
interface Rule {
  kind: Kind;
  /** Must be there, and neither "" nor 0 nor empty. An object: is looked into even when it is missing. */
  required?: true;
  /** Smallest and largest number, most entries. */
  from?: number;
  to?: number;
}

interface Shape {
  readonly [member: string]: Rule;
}

const text: Rule = { kind: 'text' };
const number: Rule = { kind: 'number' };
const needed = { text: { kind: 'text', required: true }, number: { kind: 'number', required: true } } as const;

const PICTURE: Shape = {
  uuid: text,
  type: needed.text,
  size: number,
  width: needed.number,
  height: needed.number,
  url: needed.text,
};
const PICTURES: Shape = {
  sourcePath: text,
  sourcePicture: { kind: PICTURE, required: true },
  bigPicture: { kind: PICTURE, required: true },
  snapshotPicture: { kind: PICTURE, required: true },
};
const VOICE: Shape = {
  uuid: text,
  soundPath: text,
  sourceUrl: needed.text,
  dataSize: number,
  duration: { ...needed.number, from: 1 },
};
const VIDEO: Shape = {
  videoPath: text,
  videoUUID: text,
  videoUrl: needed.text,
  videoType: needed.text,
  videoSize: needed.number,
  duration: needed.number,
  snapshotPath: text,
  snapshotUUID: text,
  snapshotSize: number,
  snapshotUrl: needed.text,
  snapshotWidth: needed.number,
  snapshotHeight: needed.number,
};
const FILE: Shape = {
  filePath: text,
  uuid: text,
  sourceUrl: needed.text,
  fileName: needed.text,
  fileSize: needed.number,
};
const ANY_OBJECT: Shape = {};

/** The types `/msg/send_msg` takes. Source: contract/v3/message.md. */
const SHAPES: Readonly<Record<number, Shape>> = {
  [ContentType.text]: { content: needed.text },
  [ContentType.picture]: PICTURES,
  [ContentType.voice]: VOICE,
  [ContentType.video]: VIDEO,
  [ContentType.file]: FILE,
  [ContentType.at]: {
    text,
    atUserList: { kind: 'texts', required: true, to: 1000 },
    atUsersInfo: { kind: 'objects' },
    quoteMessage: { kind: ANY_OBJECT },
    isAtSelf: { kind: 'flag' },
  },
  [ContentType.custom]: { data: needed.text, description: text, extension: text },
  [ContentType.quote]: { text, quoteMessage: { kind: ANY_OBJECT } },
  [ContentType.markdown]: { content: needed.text },
  [ContentType.oaNotification]: {
    notificationName: needed.text,
    notificationFaceURL: text,
    notificationType: needed.number,
    text: needed.text,
    url: text,
    mixType: { ...number, from: 0, to: 5 },
    pictureElem: { kind: PICTURES },
    soundElem: { kind: VOICE },
    videoElem: { kind: VIDEO },
    fileElem: { kind: FILE },
    ex: text,
  },
};

/** A content that was looked at. */
export interface CheckedContentV3 {
  /** What is stored: the object as it was given, as JSON text. */
  content: string;
  /** Users mentioned by content type 106. */
  atUserIDList: string[];
}

/**
 * Checks the content of a message that an AppServer sends. Nothing in it is changed: unknown members stay, and what passes
 * for a number or a text stays what it is.
 *
 * @throws ArgumentInvalid when it is no object, is too large or nests too deep
 * @throws ContentTypeUnknown, ContentMismatch, ContentIncomplete
 */
export function readContentV3(contentType: number, given: unknown): CheckedContentV3 {
  const shape = SHAPES[contentType];
  if (!shape) throw new ContentTypeUnknown(contentType);
  const object = asContentObject(given);
  restoreNumbers(object);
  check(object, shape, '');
  const json = goJson(object);
  return {
    content: contentType === ContentType.oaNotification ? goJson({ detail: json }) : json,
    atUserIDList: contentType === ContentType.at ? asList(member(object, 'atUserList')).map(String) : [],
  };
}

function check(object: Content, shape: Shape, path: string): void {
  for (const [name, rule] of Object.entries(shape)) checkMember(member(object, name), rule, path + name);
}

function checkMember(value: unknown, { kind, required, from = -Infinity, to = Infinity }: Rule, path: string): void {
  if (typeof kind === 'object') {
    if (value === undefined && !required) return;
    check(asObject(value ?? {}, path), kind, `${path}.`);
    return;
  }
  const size = value === undefined ? 0 : measure(value, kind, path);
  if (required && size === 0) throw new ContentIncomplete(path);
  if (value !== undefined && (size < from || size > to)) throw new ContentMismatch(path, boundsIn(from, to));
}

/** The number; or how much there is of a text or list. */
function measure(value: unknown, kind: Exclude<Kind, Shape>, path: string): number {
  switch (kind) {
    case 'text':
      if (!isScalar(value)) throw new ContentMismatch(path, 'text');
      return String(value).length;
    case 'number': {
      const read = isScalar(value) ? Number(value) : Number.NaN;
      if (!Number.isFinite(read)) throw new ContentMismatch(path, 'a number');
      return read;
    }
    case 'flag':
      if (!isScalar(value)) throw new ContentMismatch(path, 'true or false');
      return Number(Boolean(value));
    case 'texts':
      for (const one of asList(value)) if (!isScalar(one)) throw new ContentMismatch(path, 'a list of texts');
      return asList(value).length;
    case 'objects':
      asList(value).forEach((one, index) => asObject(one, `${path}[${index}]`));
      return asList(value).length;
  }
}

function boundsIn(from: number, to: number): string {
  if (to === Infinity) return `at least ${from}`;
  return from === -Infinity ? `of at most ${to} entries` : `from ${from} to ${to}`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** One thing passes for a list of it, "" for none. */
function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return value === '' ? [] : [value];
}

function asObject(value: unknown, path: string): Content {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Content;
  throw new ContentMismatch(path, 'an object');
}

/** A member by its name, else by one that differs in case; null counts as absent. */
function member(object: Content, name: string): unknown {
  const key = Object.hasOwn(object, name)
    ? name
    : Object.keys(object).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (object[key] ?? undefined);
}

/**
 * Large members named as the 64-bit ones of other requests were kept exact when the body was read; here they are doubles.
 * Puts them in their place.
 */
function restoreNumbers(value: object): void {
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === 'object' && one !== null) restoreNumbers(one as object);
    else if (typeof one === 'string' && /^(idHash|version)$/i.test(key)) {
      const exact = uint64Of(one);
      if (exact !== undefined) (value as Content)[key] = Number(exact);
    }
  }
}
