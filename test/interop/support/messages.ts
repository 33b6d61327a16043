/** A kind of message the SDK can create without a file. */
interface Kind {
  name: string;
  /** Method of the SDK. */
  method: string;
  /** Member of the message that holds what was written. */
  elem: string;
  contentType: number;
  /** What the method is asked with. */
  make: (sendID: string) => unknown[];
}

const picture = (uuid: string, width: number) => ({
  uuid,
  type: 'image/png',
  size: 2048,
  width,
  height: 200,
  url: `http://pictures/${uuid}?size=${width}&x=<1>`,
});

/** A message as clients hold it, for those that carry others. */
const carried = (sendID: string, content: string) => ({
  clientMsgID: `carried-${content}`,
  serverMsgID: '',
  createTime: 1_700_000_000_000,
  sendTime: 1_700_000_000_001,
  sessionType: 1,
  sendID,
  recvID: 'dan',
  msgFrom: 100,
  contentType: 101,
  senderPlatformID: 2,
  senderNickname: 'Somebody',
  senderFaceUrl: '',
  seq: 7,
  isRead: true,
  status: 2,
  textElem: { content },
});

const TEXT = 'Grüße, "Bob" \\ <b>&</b> \u2028 你好 😀👨‍👩‍👧 \t\n end';

/** Every kind the SDK can create from values; those from files are in media.e2e.ts. */
export const MESSAGES: Kind[] = [
  { name: 'A text', method: 'createTextMessage', elem: 'textElem', contentType: 101, make: () => [TEXT] },
  {
    name: 'A long text',
    method: 'createTextMessage',
    elem: 'textElem',
    contentType: 101,
    make: () => ['0123456789'.repeat(1_500)],
  },
  {
    name: 'A picture by URL',
    method: 'createImageMessageByURL',
    elem: 'pictureElem',
    contentType: 102,
    make: () => [
      {
        sourcePath: '/sdcard/1.png',
        sourcePicture: picture('a', 800),
        bigPicture: picture('b', 400),
        snapshotPicture: picture('c', 80),
      },
    ],
  },
  {
    name: 'A sound by URL',
    method: 'createSoundMessageByURL',
    elem: 'soundElem',
    contentType: 103,
    make: () => [
      { uuid: 's', soundPath: '', sourceUrl: 'http://s.mp3', dataSize: 900, duration: 12, soundType: 'mp3' },
    ],
  },
  {
    name: 'A video by URL',
    method: 'createVideoMessageByURL',
    elem: 'videoElem',
    contentType: 104,
    make: () => [
      {
        videoPath: '',
        duration: 30,
        videoType: 'video/mp4',
        snapshotPath: '',
        videoUUID: 'v',
        videoUrl: 'http://v.mp4',
        videoSize: 123_456_789,
        snapshotUUID: 'vs',
        snapshotSize: 1_000,
        snapshotUrl: 'http://v.png',
        snapshotWidth: 320,
        snapshotHeight: 200,
      },
    ],
  },
  {
    name: 'A file by URL',
    method: 'createFileMessageByURL',
    elem: 'fileElem',
    contentType: 105,
    make: () => [
      { filePath: '', fileName: 'Übersicht 2026.pdf', uuid: 'f', sourceUrl: 'http://f.pdf', fileSize: 4_242 },
    ],
  },
  {
    name: 'A text that mentions somebody',
    method: 'createTextAtMessage',
    elem: 'atTextElem',
    contentType: 106,
    make: (sendID) => [
      {
        text: 'hello @Cid',
        atUserIDList: ['cid'],
        atUsersInfo: [{ atUserID: 'cid', groupNickname: 'Cid' }],
        message: carried(sendID, 'asked'),
      },
    ],
  },
  {
    name: 'A bundle of messages',
    method: 'createMergerMessage',
    elem: 'mergeElem',
    contentType: 107,
    make: (sendID) => [
      { title: 'The talk', summaryList: ['a: 1', 'b: 2'], messageList: [carried(sendID, '1'), carried('bob', '2')] },
    ],
  },
  {
    name: 'A card',
    method: 'createCardMessage',
    elem: 'cardElem',
    contentType: 108,
    make: () => [{ userID: 'cid', nickname: 'Cid', faceURL: 'http://face/cid', ex: '{"a":1}' }],
  },
  {
    name: 'A place',
    method: 'createLocationMessage',
    elem: 'locationElem',
    contentType: 109,
    make: () => [{ description: 'Harbour', longitude: 9.993682, latitude: -53.551086 }],
  },
  {
    name: 'A custom message',
    method: 'createCustomMessage',
    elem: 'customElem',
    contentType: 110,
    make: () => [{ data: '{"order":17,"total":9.5}', extension: 'shop', description: 'an order' }],
  },
  {
    name: 'A quote',
    method: 'createQuoteMessage',
    elem: 'quoteElem',
    contentType: 114,
    make: (sendID) => [{ text: 'so it is', message: JSON.stringify(carried(sendID, 'claimed')) }],
  },
  {
    name: 'A face',
    method: 'createFaceMessage',
    elem: 'faceElem',
    contentType: 115,
    make: () => [{ index: -1, data: '{"pack":3}' }],
  },
];
