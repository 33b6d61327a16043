import { beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import type { World } from '../support/world.js';

const KEN = { recvID: 'ken' };
const PICTURE = { uuid: 'p', type: 'image/png', size: 10, width: 20, height: 30, url: 'http://x/p.png' };
const VIDEO = {
  videoPath: '',
  duration: 3,
  videoType: 'video/mp4',
  snapshotPath: '',
  videoUUID: 'v',
  videoUrl: 'http://x/v.mp4',
  videoSize: 100,
  snapshotUUID: 's',
  snapshotSize: 10,
  snapshotUrl: 'http://x/s.png',
  snapshotWidth: 20,
  snapshotHeight: 30,
};

/** How the SDK makes each kind, and what the other side has to see of it. */
const KINDS: [contentType: number, create: string, args: unknown[], seen: object][] = [
  [101, 'createTextMessage', ['plain'], { textElem: { content: 'plain' } }],
  [
    102,
    'createImageMessageByURL',
    [{ sourcePicture: PICTURE, bigPicture: PICTURE, snapshotPicture: PICTURE, sourcePath: '' }],
    { pictureElem: { sourcePicture: PICTURE, bigPicture: PICTURE, snapshotPicture: PICTURE } },
  ],
  [
    103,
    'createSoundMessageByURL',
    [{ uuid: 'a', soundPath: '', sourceUrl: 'http://x/a.mp3', dataSize: 9, duration: 2, soundType: 'mp3' }],
    { soundElem: { sourceUrl: 'http://x/a.mp3', dataSize: 9, duration: 2 } },
  ],
  [
    104,
    'createVideoMessageByURL',
    [VIDEO],
    { videoElem: { videoUrl: VIDEO.videoUrl, snapshotUrl: VIDEO.snapshotUrl } },
  ],
  [
    105,
    'createFileMessageByURL',
    [{ filePath: '', fileName: 'f.txt', uuid: 'f', sourceUrl: 'http://x/f.txt', fileSize: 7, fileType: 'text/plain' }],
    { fileElem: { fileName: 'f.txt', sourceUrl: 'http://x/f.txt', fileSize: 7 } },
  ],
  [
    108,
    'createCardMessage',
    [{ userID: 'cat', nickname: 'Cat', faceURL: 'http://x/c.png', ex: 'e' }],
    { cardElem: { userID: 'cat', nickname: 'Cat', faceURL: 'http://x/c.png', ex: 'e' } },
  ],
  [
    109,
    'createLocationMessage',
    [{ description: 'here', longitude: 121.4737, latitude: -31.2304 }],
    { locationElem: { description: 'here', longitude: 121.4737, latitude: -31.2304 } },
  ],
  [
    110,
    'createCustomMessage',
    [{ data: '{"a":1}', extension: 'x', description: 'd' }],
    { customElem: { data: '{"a":1}', extension: 'x', description: 'd' } },
  ],
  [115, 'createFaceMessage', [{ index: 4, data: 'smile' }], { faceElem: { index: 4, data: 'smile' } }],
  [
    117,
    'createAdvancedTextMessage',
    [{ text: 'bold', messageEntityList: [{ type: 'b', offset: 0, length: 4, url: '', ex: '' }] }],
    { advancedTextElem: { text: 'bold', messageEntityList: [{ type: 'b', offset: 0, length: 4 }] } },
  ],
];

/** Every kind of message the SDK makes. */
export function kindsOfMessages(world: () => World): void {
  let kay: Client;
  let ken: Client;
  beforeAll(async () => {
    [kay, ken] = await world().enter('kay', 'ken');
    await kay.text(KEN, 'first');
    await ken.hears({ OnNewConversation: [[{}]], OnRecvNewMessages: [{}] });
    await kay.hears({ OnNewConversation: [[{}]] });
  });

  it.each(KINDS)('%i by %s arrives as it was made', async (contentType, create, args, seen) => {
    const message = await kay.call(create, ...args);
    const sent = await kay.call('sendMessageNotOss', { ...KEN, groupID: '', message });
    expect(sent).toMatchObject({ contentType, status: 2, ...seen });
    await ken.hears({ OnRecvNewMessages: [{ clientMsgID: sent.clientMsgID, contentType, ...seen }] });
    await kay.hears({});
  });

  it('a quote brings the quoted message along', async () => {
    const quoted = await kay.text(KEN, 'said before');
    await ken.hears({ OnRecvNewMessages: [{}] });
    const sent = await kay.send(KEN, 'createQuoteMessage', { text: 'as I said', message: JSON.stringify(quoted) });
    const quoteMessage = { clientMsgID: quoted.clientMsgID, textElem: { content: 'said before' } };
    const seen = { contentType: 114, clientMsgID: sent.clientMsgID, quoteElem: { text: 'as I said', quoteMessage } };
    await ken.hears({ OnRecvNewMessages: [seen] });
  });

  it('merged and forwarded messages bring what they were made of', async () => {
    const parts = [await kay.text(KEN, 'one'), await kay.text(KEN, 'two')];
    await ken.hears({ OnRecvNewMessages: [{}, {}] });
    const merger = { messageList: parts, title: 'both', summaryList: ['kay: one', 'kay: two'] };
    await kay.send(KEN, 'createMergerMessage', merger);
    const multiMessage = parts.map(({ clientMsgID }) => ({ clientMsgID }));
    await ken.hears({
      OnRecvNewMessages: [
        { contentType: 107, mergeElem: { title: 'both', abstractList: merger.summaryList, multiMessage } },
      ],
    });
    const forwarded = await kay.send(KEN, 'createForwardMessage', parts[0]);
    expect(forwarded.clientMsgID).not.toBe(parts[0].clientMsgID);
    await ken.hears({ OnRecvNewMessages: [{ clientMsgID: forwarded.clientMsgID, textElem: { content: 'one' } }] });
  });

  it.each(['image', 'file'])('a %s is uploaded first, and the other side can fetch it', async (kind) => {
    const bytes = 'content of the upload '.repeat(1000);
    const create =
      kind === 'image'
        ? `sdk.createImageMessageByFile({ sourcePath: '', sourcePicture: pic, bigPicture: pic, snapshotPicture: pic, file })`
        : `sdk.createFileMessageByFile({ filePath: '', fileName: 'f.txt', uuid: 'u', sourceUrl: '', fileSize: file.size, fileType: 'text/plain', file })`;
    await kay.script(`(async () => {
      const file = new File([${JSON.stringify(bytes)}], 'f.txt', { type: 'text/plain' });
      const pic = { uuid: 'u', type: 'text/plain', size: file.size, width: 1, height: 1, url: '' };
      const { data: message } = await ${create};
      await sdk.sendMessage({ recvID: 'ken', groupID: '', message });
    })()`);
    const received = await ken.journal.waitFor('OnRecvNewMessages');
    const url = received.pictureElem?.sourcePicture.url ?? received.fileElem.sourceUrl;
    expect(await (await fetch(url)).text()).toBe(bytes);
    await ken.hears({ OnRecvNewMessages: [{}] });
    kay.journal.forget();
  });
}
