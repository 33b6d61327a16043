import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import { V3_ROUTES } from './v3-routes.js';

describeOnEachDatabase('The v3 contract', (database) => {
  let im: Im;

  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  it.each(V3_ROUTES)('is served: %s', async (path) => {
    const answer = await im.v3(path, {}, await im.adminToken());
    expect([200, 400]).toContain(answer.status);
    expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(['errCode', 'errMsg', 'errDlt']));
  });

  it.each(['/third/prometheus', '/object/ann/nothing.png'])('is served: GET %s', async (path) => {
    const answer = await fetch(im.url + path, { redirect: 'manual' });
    // A route that is missing says so in these words.
    expect(await answer.text()).not.toContain('404 page not found');
  });
});
