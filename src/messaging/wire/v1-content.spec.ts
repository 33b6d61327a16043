import { describe, expect, it } from 'vitest';
import { ArgumentInvalid, type ImErrorCode, ImError } from '../../core/errors.js';
import { MAX_CONTENT_BYTES } from '../outgoing.js';
import { readContentV1 } from './v1-content.js';

const picture = { uuid: '', type: 'jpg', size: 204800, width: 1080, height: 720, url: 'http://picture' };

/** What is stored of a content, parsed. */
const stored = (contentType: number, content: unknown): any => JSON.parse(readContentV1(contentType, content).content);

/** Why a content is refused. */
function refusal(contentType: number, content: unknown): [ImErrorCode, string] {
  try {
    readContentV1(contentType, content);
  } catch (error) {
    if (error instanceof ImError) return [error.code, error.message];
    throw error;
  }
  throw new Error(`was not refused: ${JSON.stringify(content)}`);
}

const mismatch = (member: string): [ImErrorCode, string] => [
  'message.content-type-mismatch',
  expect.stringContaining(`content.${member} `) as string,
];
const incomplete = (member: string): [ImErrorCode, string] => [
  'message.content-incomplete',
  `content.${member} is required`,
];

describe('A v1 content is stored', () => {
  it('a text in the v3 form', () => {
    expect(readContentV1(101, { text: 'nihao' })).toEqual({ content: '{"content":"nihao"}', atUserIDList: [] });
  });

  it('a card in the v3 form, complete', () => {
    const card = { uid: '1308', name: 'Allen', icon: 'http://…' };
    expect(stored(108, card)).toEqual({ userID: '1308', nickname: 'Allen', faceURL: 'http://…', ex: '' });
    expect(stored(108, { name: 'Allen' })).toEqual({ userID: '', nickname: 'Allen', faceURL: '', ex: '' });
    expect(stored(108, { uid: 'a', ex: 'e', more: [1] })).toMatchObject({ userID: 'a', ex: 'e', more: [1] });
  });

  it('a revoke as the bare ID, a read receipt as the list of IDs', () => {
    expect(readContentV1(111, { revokeMsgClientID: '8aad' }).content).toBe('8aad');
    expect(readContentV1(112, { msgIDList: ['a', 'b'] }).content).toBe('["a","b"]');
  });

  it('a mention with whom it mentions', () => {
    const { content, atUserIDList } = readContentV1(106, { text: 'hi @123', atUserList: ['123', 456] });
    expect(JSON.parse(content)).toEqual({ text: 'hi @123', atUserList: ['123', '456'] });
    expect(atUserIDList).toEqual(['123', '456']);
  });

  it.each<[number, object]>([
    [102, { sourcePicture: picture, bigPicture: {}, snapshotPicture: { ...picture, size: 1 } }],
    [103, { uuid: 'u', soundPath: '', sourceUrl: 'http://voice', dataSize: 10240, duration: 5 }],
    [104, { videoUrl: 'http://video', duration: 12, snapshotHeight: 133 }],
    [105, { fileName: 'a.pdf', fileSize: 4096 }],
    [109, { description: '', longitude: 0, latitude: 0 }],
    [110, { data: '{}', description: '', extension: '' }],
    [103, {}],
  ])('%i as it came: %j', (contentType, content) => {
    expect(stored(contentType, content)).toEqual(content);
  });

  it('without the members that are null, with those nobody knows', () => {
    expect(stored(110, { data: 'x', description: null, more: { a: [null] }, uid: 5 })).toEqual({
      data: 'x',
      more: { a: [null] },
      uid: 5,
    });
  });

  it('also when it is a text that holds a JSON object', () => {
    expect(stored(110, '{"data":"x"}')).toEqual({ data: 'x' });
  });
});

describe('A v1 content is read generously', () => {
  it.each<[number, object, object]>([
    [101, { text: 42 }, { content: '42' }],
    [101, { text: 0 }, { content: '0' }],
    [103, { duration: '5', dataSize: '10240' }, { duration: 5, dataSize: 10240 }],
    [105, { fileName: 7, fileSize: '1' }, { fileName: '7', fileSize: 1 }],
    [109, { longitude: '-104.06', latitude: '0' }, { longitude: -104.06, latitude: 0 }],
    [102, { sourcePicture: { ...picture, width: '1080', url: 1 } }, { sourcePicture: { ...picture, url: '1' } }],
  ])('%i %j', (contentType, content, expected) => {
    expect(stored(contentType, content)).toEqual(expected);
  });

  it('a number for an ID among others', () => {
    expect(readContentV1(112, { msgIDList: [7, 'b'] }).content).toBe('["7","b"]');
    expect(readContentV1(111, { revokeMsgClientID: 7 }).content).toBe('7');
  });

  it.each<[string, number, object]>([
    ['text', 101, { text: true }],
    ['text', 101, { text: ['a'] }],
    ['revokeMsgClientID', 111, { revokeMsgClientID: 'a\0b' }],
    ['revokeMsgClientID', 111, { revokeMsgClientID: 'a\ud83d' }],
    ['duration', 103, { duration: 'long' }],
    ['duration', 103, { duration: '5s' }],
    ['duration', 103, { duration: 'Infinity' }],
    ['duration', 103, { duration: true }],
    ['dataSize', 103, { dataSize: ' ' }],
    ['isAtSelf', 106, { text: 'a', atUserList: ['b'], isAtSelf: 1 }],
    ['atUserList', 106, { text: 'a', atUserList: 'b' }],
    ['atUserList[1]', 106, { text: 'a', atUserList: ['b', {}] }],
    ['multiMessage', 107, { multiMessage: {} }],
    ['multiMessage[1]', 107, { multiMessage: [{}, 'hi'] }],
    ['sourcePicture', 102, { sourcePicture: [] }],
    ['sourcePicture.size', 102, { sourcePicture: { ...picture, size: 'big' } }],
    ['bigPicture.url', 102, { sourcePicture: picture, bigPicture: { url: {} } }],
    ['quoteMessage', 114, { text: 'a', quoteMessage: 'b' }],
  ])('but %s is what it has to be: %i %j', (member, contentType, content) => {
    expect(refusal(contentType, content)).toEqual(mismatch(member));
  });
});

describe('A v1 content that is accepted', () => {
  it('may have any text, for JSON escapes what the databases cannot keep', () => {
    const text = 'a\0b\ud83d';
    expect(JSON.parse(readContentV1(101, { text }).content)).toEqual({ content: text });
    expect(readContentV1(101, { text }).content).toMatch(/^[^\0\ud83d]+$/);
  });

  it.each<[string, number, object]>([
    ['text', 101, {}],
    ['text', 101, { text: '' }],
    ['text', 101, { text: null }],
    ['sourcePicture', 102, { bigPicture: picture }],
    ['sourcePicture.type', 102, { sourcePicture: {} }],
    ['sourcePicture.height', 102, { sourcePicture: { ...picture, height: '0' } }],
    ['sourcePicture.type', 102, { sourcePicture: { ...picture, type: null } }],
    ['atUserList', 106, { text: 'a' }],
    ['multiMessage', 107, { title: 'a' }],
    ['uid', 108, { uid: null }],
    ['latitude', 109, { longitude: 1 }],
    ['data', 110, { data: '' }],
    ['revokeMsgClientID', 111, {}],
    ['msgIDList', 112, { msgIDList: [] }],
    ['text', 114, { quoteMessage: { content: 'a' } }],
    ['quoteMessage', 114, { text: 'a' }],
  ])('has %s: not %i %j', (member, contentType, content) => {
    expect(refusal(contentType, content)).toEqual(incomplete(member));
  });

  it.each<[number, object]>([
    [106, { text: 'a', atUserList: [] }],
    [107, { title: 'a', multiMessage: [] }],
    [114, { text: 'a', quoteMessage: {} }],
  ])('may have an empty list or object where one is required (seeds.md 0.3): %i %j', (contentType, content) => {
    expect(stored(contentType, content)).toMatchObject(content);
  });

  it.each([0, 100, 113, 115, 118, 200, 1501, -101, 101.5])('is of a type that can be sent: not %d', (contentType) => {
    expect(refusal(contentType, { text: 'a', data: 'x' })[0]).toBe('message.content-type-unknown');
  });

  it.each([undefined, null, '', 'nihao', '"nihao"', '[1]', 'null', 5, true, [], [{ text: 'a' }]])(
    'is an object: not %j',
    (content) => {
      expect(refusal(101, content)).toEqual(['args.invalid', 'content must be a JSON object']);
    },
  );

  it('has its members itself: a key __proto__ in a text that holds JSON is refused', () => {
    expect(refusal(101, '{"__proto__":{"text":"smuggled"}}')).toEqual([
      'args.invalid',
      'content must be a JSON object',
    ]);
  });
});

describe('A v1 content that is large', () => {
  /** An object in an object in an object … */
  const nested = (depth: number): string => `{"data":"x","a":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;

  it('nests sixty deep, but not seventy, and a hundred thousand do no harm', () => {
    expect(stored(110, nested(60))).toEqual(JSON.parse(nested(60)));
    expect(stored(110, JSON.parse(nested(60)))).toEqual(JSON.parse(nested(60)));
    for (const content of [nested(70), JSON.parse(nested(70)), nested(100_000), `[${'['.repeat(100_000)}`]) {
      expect(() => readContentV1(110, content)).toThrow(ArgumentInvalid);
    }
  });

  it('takes 131072 bytes of JSON, however it is written', () => {
    const frame = JSON.stringify({ data: '' }).length;
    const fits = { data: 'x'.repeat(MAX_CONTENT_BYTES - frame) };
    expect(stored(110, fits)).toEqual(fits);
    expect(stored(110, JSON.stringify(fits, undefined, 4))).toEqual(fits);
    for (const data of [`${fits.data}x`, '漢'.repeat(43_700), '😀'.repeat(32_768)]) {
      expect(refusal(110, { data })).toEqual(['args.invalid', 'content must be at most 131072 bytes']);
      expect(refusal(110, JSON.stringify({ data }))[0]).toBe('args.invalid');
    }
  });
});

describe('A quoted or merged v1 message', () => {
  const NS = 1_638_000_000_000_000_000;
  const message = { clientMsgID: 'c', contentType: 101, content: 'lunch?', sendID: '1308', sendTime: NS };

  it('is stored with v3’s names and milliseconds, a text also as its element', () => {
    const { quoteMessage } = stored(114, {
      text: 'agreed',
      quoteMessage: { ...message, senderNickName: 'Allen', platformID: 1, createTime: NS },
    });
    expect(quoteMessage).toEqual({
      clientMsgID: 'c',
      contentType: 101,
      content: 'lunch?',
      textElem: { content: 'lunch?' },
      sendID: '1308',
      senderNickname: 'Allen',
      senderPlatformID: 1,
      sendTime: NS / 1e6,
      createTime: NS / 1e6,
    });
  });

  it('keeps a time that is in milliseconds already', () => {
    const quoteMessage = { ...message, sendTime: NS / 1e6 };
    expect(stored(114, { text: 'a', quoteMessage }).quoteMessage.sendTime).toBe(NS / 1e6);
  });

  it('is converted one by one in a merged forward', () => {
    const { multiMessage } = stored(107, { multiMessage: [message, { contentType: 110, content: '{}', sendTime: 5 }] });
    expect(multiMessage).toEqual([
      { ...message, sendTime: NS / 1e6, textElem: { content: 'lunch?' } },
      { contentType: 110, content: '{}', sendTime: 5 },
    ]);
  });

  const inner = { text: 'no, dinner', quoteMessage: message };

  it.each<[string, object]>([
    ['in its content', { ...message, contentType: 114, content: JSON.stringify(inner) }],
    ['in its element', { ...message, contentType: 114, content: '', quoteElem: inner }],
  ])('that is a quote itself becomes the text it says, found %s', (_where, quoteMessage) => {
    const { quoteMessage: flat } = stored(114, { text: 'agreed', quoteMessage });
    expect(flat).toEqual({
      ...message,
      sendTime: NS / 1e6,
      content: 'no, dinner',
      textElem: { content: 'no, dinner' },
    });
  });

  it.each(['not JSON', '{"text":5}', 'null', '[]'])('that is a quote without a text stays as it is: %s', (content) => {
    const quoteMessage = { ...message, contentType: 114, content };
    expect(stored(114, { text: 'a', quoteMessage }).quoteMessage).toMatchObject({ contentType: 114, content });
  });
});
