import { describe, expect, it } from 'vitest';
import { ArgumentInvalid } from '../../../core/errors.js';
import { ContentIncomplete, ContentMismatch, ContentTypeUnknown } from '../../message.errors.js';
import { readContentV3 } from './v3-content.js';

const picture = { type: 'png', width: 1, height: 2, url: 'http://p' };
const video = {
  videoUrl: 'v',
  videoType: 'mp4',
  videoSize: 1,
  duration: 1,
  snapshotUrl: 's',
  snapshotWidth: 1,
  snapshotHeight: 1,
};
const voice = { sourceUrl: 's', duration: 1 };
const file = { sourceUrl: 's', fileName: 'f', fileSize: 1 };
const notice = { notificationName: 'n', notificationType: 1, text: 't' };

const GOOD: Readonly<Record<number, Record<string, unknown>>> = {
  101: { content: 'hi' },
  102: { sourcePicture: picture, bigPicture: picture, snapshotPicture: picture },
  103: voice,
  104: video,
  105: file,
  106: { text: 'hi', atUserList: ['ann'] },
  110: { data: '{}' },
  114: {},
  118: { content: '# hi' },
  1400: notice,
};

/** What a content is refused with. */
function refusal(contentType: number, content: unknown): unknown {
  try {
    readContentV3(contentType, content);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('A content', () => {
  it.each(Object.keys(GOOD).map(Number))('of type %i passes with what it needs', (contentType) => {
    const { content } = readContentV3(contentType, GOOD[contentType]);
    const stored = contentType === 1400 ? JSON.parse(JSON.parse(content).detail) : JSON.parse(content);
    expect(stored).toEqual(GOOD[contentType]);
  });

  it.each(Object.keys(GOOD).map(Number))('of type %i needs each of these members, not empty', (contentType) => {
    for (const member of Object.keys(GOOD[contentType])) {
      if (contentType === 106 && member === 'text') continue;
      for (const empty of [undefined, null, '']) {
        const content = { ...GOOD[contentType], [member]: empty };
        const error = refusal(contentType, content);
        expect(error).toSatisfy((one) => one instanceof ContentIncomplete || one instanceof ContentMismatch);
        expect((error as Error).message).toContain(`content.${member}`);
      }
    }
  });

  it.each([107, 108, 109, 111, 113, 117, 119, 2101, 0])('of type %i is not sent this way', (contentType) => {
    expect(refusal(contentType, {})).toBeInstanceOf(ContentTypeUnknown);
  });

  it.each<[number, object, string]>([
    [102, { ...GOOD[102], bigPicture: { ...picture, url: '' } }, 'content.bigPicture.url is required'],
    [102, { ...GOOD[102], bigPicture: 'p' }, 'content.bigPicture must be an object'],
    [103, { ...voice, duration: -1 }, 'content.duration must be at least 1'],
    [103, { ...voice, duration: 'long' }, 'content.duration must be a number'],
    [105, { ...file, fileName: ['f'] }, 'content.fileName must be text'],
    [106, { atUserList: [] }, 'content.atUserList is required'],
    [106, { atUserList: [{}] }, 'content.atUserList must be a list of texts'],
    [106, { atUserList: Array(1001).fill('x') }, 'content.atUserList must be of at most 1000 entries'],
    [106, { atUserList: ['x'], atUsersInfo: ['x'] }, 'content.atUsersInfo[0] must be an object'],
    [106, { atUserList: ['x'], isAtSelf: {} }, 'content.isAtSelf must be true or false'],
    [114, { quoteMessage: 'x' }, 'content.quoteMessage must be an object'],
    [1400, { ...notice, mixType: 6 }, 'content.mixType must be from 0 to 5'],
    [1400, { ...notice, mixType: -1 }, 'content.mixType must be from 0 to 5'],
    [1400, { ...notice, pictureElem: {} }, 'content.pictureElem.sourcePicture.type is required'],
    [1400, { ...notice, soundElem: { ...voice, duration: 0 } }, 'content.soundElem.duration is required'],
    [1400, { ...notice, videoElem: { ...video, videoUrl: null } }, 'content.videoElem.videoUrl is required'],
    [1400, { ...notice, fileElem: [] }, 'content.fileElem must be an object'],
  ])('of type %i names what is wrong: %j', (contentType, content, message) => {
    expect((refusal(contentType, content) as Error).message).toBe(message);
  });

  it('lets numbers and texts pass for each other, as they are', () => {
    expect(readContentV3(103, { sourceUrl: 5, duration: '3' }).content).toBe('{"duration":"3","sourceUrl":5}');
  });

  it('finds members whose names differ in case', () => {
    expect(readContentV3(101, { Content: 'hi' }).content).toBe('{"Content":"hi"}');
  });

  it('tells whom it mentions', () => {
    expect(readContentV3(106, { atUserList: ['ann', 5] }).atUserIDList).toEqual(['ann', '5']);
    expect(readContentV3(106, { atUserList: 'ann' }).atUserIDList).toEqual(['ann']);
    expect(readContentV3(101, { content: 'x', atUserList: ['ann'] }).atUserIDList).toEqual([]);
  });

  it('keeps large numbers as the original would: as doubles', () => {
    const content = {
      data: 'x',
      version: 'uint64:12345678901234567890',
      list: [{ idHash: 'uint64:1234567890123456' }],
    };
    expect(readContentV3(110, content).content).toBe(
      '{"data":"x","list":[{"idHash":1234567890123456}],"version":12345678901234567000}',
    );
    expect(readContentV3(110, { data: 'uint64:5', version: 'mine' }).content).toBe(
      '{"data":"uint64:5","version":"mine"}',
    );
  });

  it.each([undefined, null, 'text', 5, ['x']])('is an object, not %j', (content) => {
    expect(refusal(101, content)).toBeInstanceOf(ArgumentInvalid);
  });

  it('has bounds', () => {
    expect(refusal(101, { content: 'x'.repeat(131_072) })).toBeInstanceOf(ArgumentInvalid);
    let deep: object = {};
    for (let depth = 0; depth < 70; depth += 1) deep = { deep };
    expect(refusal(110, { data: 'x', deep })).toBeInstanceOf(ArgumentInvalid);
  });
});
