import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import { SocketClient } from '../../support/socket.js';

describeOnEachDatabase('Two clients', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
    await im.register('ann', 'bob');
  });
  afterAll(() => im.close());

  it('chat', async () => {
    const ann = await SocketClient.connect(im.url, 'ann', await im.tokenOf('ann'));
    const bob = await SocketClient.connect(im.url, 'bob', await im.tokenOf('bob'), { codec: 'gob' });
    expect(ann.outcome).toEqual({ errCode: 0, errMsg: '', errDlt: '' });
    const answer = await ann.say({ recvID: 'bob' }, 'hello', {}, { operationID: 'op1' });
    expect(answer).toMatchObject({ errCode: 0, operationID: 'op1' });
    const heard = await bob.pushOf(101);
    expect(heard).toMatchObject({
      conversationID: 'si_ann_bob',
      seq: 1,
      operationID: 'op1',
      content: { content: 'hello' },
    });
    await ann.pushOf(101);
    expect(ann.frames.map(({ reqIdentifier }) => reqIdentifier)).toEqual([1003, 2001]);
    const pulled = await bob.get(1002, {
      userID: 'bob',
      seqRanges: [{ conversationID: 'si_ann_bob', begin: 1, end: 9, num: 10 }],
    });
    expect(pulled.msgs.si_ann_bob.Msgs).toHaveLength(1);
    expect(await bob.get(1001, { userID: 'bob' })).toEqual({ maxSeqs: { si_ann_bob: 1 } });
    await Promise.all([ann.close(), bob.close()]);
  });
});
