import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { randomBytes } from '../support/objects.js';
import { type Client, newPage, quiet } from './support/client.js';
import { takeStrays } from './support/sdk.js';
import { withOfficialSdk, World } from './support/world.js';

const MIB = 1024 * 1024;

withOfficialSdk('Files sent by the official SDK', (database) => {
  let world: World;
  let ann: Client;
  let bob: Client;
  beforeAll(async () => {
    world = await World.start(database);
    [ann, bob] = await world.users('ann', 'bob');
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await newPage(ann, bob);
    expect(takeStrays()).toEqual([]);
  });

  /** A message from a file, uploaded and sent to bob; answers its content as he received it. */
  const send = async (method: string, elem: string, content: object): Promise<any> => {
    const message = await ann.call(method, content);
    const sent = await ann.call('sendMessage', { recvID: 'bob', groupID: '', message });
    const [received] = await bob.once('OnRecvNewMessages');
    expect(received[elem]).toEqual(sent[elem]);
    await quiet(ann);
    expect(ann.messages()).toEqual([]);
    return received[elem];
  };
  const bytesAt = async (url: string): Promise<Buffer> => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  };

  it('can be of many parts', async () => {
    const bytes = randomBytes(11 * MIB + 17);
    const file = new File([bytes], 'big data.bin');
    const { sourceUrl, fileName } = await send('createFileMessageByFile', 'fileElem', {
      filePath: '',
      fileName: file.name,
      uuid: 'u1',
      sourceUrl: '',
      fileSize: file.size,
      file,
    });
    expect(fileName).toBe('big data.bin');
    expect((await bytesAt(sourceUrl)).equals(bytes)).toBe(true);

    const { url } = await ann.call('uploadFile', { file });
    expect((await bytesAt(url)).equals(bytes)).toBe(true);
  });

  it('can be pictures', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    );
    const base = { uuid: 'p1', type: 'image/png', size: png.length, width: 1, height: 1, url: '' };
    const { sourcePicture, bigPicture, snapshotPicture } = await send('createImageMessageByFile', 'pictureElem', {
      sourcePath: '',
      sourcePicture: { ...base },
      bigPicture: { ...base },
      snapshotPicture: { ...base },
      file: new File([png], 'dot.png'),
    });
    expect((await bytesAt(sourcePicture.url)).equals(png)).toBe(true);
    expect(bigPicture.url).toBe(sourcePicture.url);
    expect((await bytesAt(snapshotPicture.url)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('can be sounds', async () => {
    const bytes = randomBytes(3_000);
    const { sourceUrl, duration } = await send('createSoundMessageByFile', 'soundElem', {
      uuid: 's1',
      soundPath: '',
      sourceUrl: '',
      dataSize: bytes.length,
      duration: 4,
      file: new File([bytes], 'hello.mp3'),
    });
    expect(duration).toBe(4);
    expect((await bytesAt(sourceUrl)).equals(bytes)).toBe(true);
  });

  it('can be videos with a picture of them', async () => {
    const [video, shot] = [randomBytes(70_000), randomBytes(5_000)];
    const { videoUrl, snapshotUrl } = await send('createVideoMessageByFile', 'videoElem', {
      videoPath: '',
      duration: 9,
      videoType: 'mp4',
      snapshotPath: '',
      videoUUID: 'v1',
      videoUrl: '',
      videoSize: video.length,
      snapshotUUID: 'v2',
      snapshotSize: shot.length,
      snapshotUrl: '',
      snapshotWidth: 10,
      snapshotHeight: 10,
      videoFile: new File([video], 'film.mp4'),
      snapshotFile: new File([shot], 'film.png'),
    });
    expect((await bytesAt(videoUrl)).equals(video)).toBe(true);
    expect((await bytesAt(snapshotUrl)).equals(shot)).toBe(true);
  });
});
