import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { Im } from '../../support/im.js';

/** The samples of the v2 account document and of the v3 token walkthrough, long expired. */
const SAMPLES = {
  v2: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVSUQiOiJvcGVuSU0xMTExIiwiUGxhdGZvcm0iOiJJT1MiLCJleHAiOjE2NDYyODAxMDQsIm5iZiI6MTY0NTY3NTMwNCwiaWF0IjoxNjQ1Njc1MzA0fQ.xhqmRBC3XpMwMQL2i3sRh6JArRZg1PFjFjRl9N1Kc9o',
  v3: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJVc2VySUQiOiIxMTExMTExMiIsIlBsYXRmb3JtSUQiOjEsImV4cCI6MTcwNjU5NTM0MCwibmJmIjoxNjk4ODE5MDQwLCJpYXQiOjE2OTg4MTkzNDB9.YOeKRSwvTF0_yRNB3XwOCIYaTC-swVzxRjnHidUo4xw',
};

describeOnEachDatabase('A token of the server this one replaces', (database) => {
  let im: Im;
  beforeAll(async () => {
    im = await startIm({ database });
  });
  afterAll(() => im.close());

  it.each(Object.entries(SAMPLES))('that has expired is said to have (%s)', async (_, token) => {
    expect((await im.v1('/user/get_user_info', { uidList: ['openIM123456'] }, token)).body).toEqual({
      errCode: 200,
      errMsg: 'token is timed out, please log in again',
    });
    const page = { pagination: { pageNumber: 1, showNumber: 1 } };
    expect((await im.v3('/user/get_users', page, token)).body).toMatchObject({
      errCode: 1501,
      errMsg: 'TokenExpiredError',
    });
    expect((await im.v3('/auth/parse_token', { token })).body).toMatchObject({ errCode: 1501 });
  });
});
