import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { StreamableFile } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { StreamedList } from './streamed-list.js';

const envelope = (list: StreamedList<unknown>) => ({ errCode: 0, data: { list, total: 5 } });

async function* slices(...parts: unknown[][]): AsyncGenerator<unknown[]> {
  yield* parts;
}

async function textOf(file: object): Promise<string> {
  let text = '';
  for await (const part of (file as StreamableFile).getStream()) text += String(part);
  return text;
}

describe('A streamed list', () => {
  it.each([[[]], [[[1]]], [[['a', 'b']]]])('of the slices %j is part of an ordinary answer', async (parts) => {
    const list = await StreamedList.of(slices(...parts));
    const answer = envelope(list);
    expect(list.within(answer)).toBe(answer);
    expect(JSON.stringify(answer)).toBe(JSON.stringify({ errCode: 0, data: { list: parts.flat(), total: 5 } }));
  });

  it.each([[[[1], [2]]], [[['a"', '<'], ['b'], [{ c: null }, '\u2028']]]])(
    'of the slices %j is written like any other',
    async (parts) => {
      const list = await StreamedList.of(slices(...parts));
      const file = list.within(envelope(list));
      expect(file).toBeInstanceOf(StreamableFile);
      expect((file as StreamableFile).getHeaders().type).toBe('application/json; charset=utf-8');
      expect(await textOf(file)).toBe(JSON.stringify({ errCode: 0, data: { list: parts.flat(), total: 5 } }));
    },
  );

  it.each([0, 1])('fails at once when slice %d of it fails', async (good) => {
    async function* failing(): AsyncGenerator<number[]> {
      for (let i = 0; i < good; i += 1) yield [i];
      throw new Error('the database is gone');
    }
    await expect(StreamedList.of(failing())).rejects.toThrow('the database is gone');
  });

  it('breaks off when a later slice fails', async () => {
    async function* failing(): AsyncGenerator<number[]> {
      yield [1];
      yield [2];
      throw new Error('the database is gone');
    }
    const list = await StreamedList.of(failing());
    await expect(textOf(list.within(envelope(list)))).rejects.toThrow('the database is gone');
  });

  it('reads no further than its reader, and stops with him', async () => {
    let read = 0;
    let ended = false;
    async function* endless(): AsyncGenerator<string[]> {
      try {
        for (;;) {
          read += 1;
          yield ['x'.repeat(10_000)];
        }
      } finally {
        ended = true;
      }
    }
    const list = await StreamedList.of(endless());
    const stream: Readable = (list.within(envelope(list)) as StreamableFile).getStream();
    stream.read(0);
    for (let i = 0; i < 100; i += 1) await turn();
    expect(read).toBeLessThan(20);
    stream.destroy();
    for (let i = 0; i < 10; i += 1) await turn();
    expect(ended).toBe(true);
  });
});
