import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnEachDatabase, startIm } from '../support/server.js';
import type { Im } from '../support/im.js';

/** Operations in an order in which each finds what it needs. */
const ORDER = [
  '/auth/user_register',
  '/user/user_register',
  '/auth/user_token',
  '/group/create_group',
  '/group/invite_user_to_group',
  '/group/join_group',
  '/manager/send_msg',
];

/** Operations that end what others need. */
const LAST = ['/group/transfer_group', '/group/kick_group', '/group/quit_group', '/group/dismiss_group'];

describeOnEachDatabase('The documentation', (database) => {
  let im: Im;
  let document: any;
  beforeAll(async () => {
    im = await startIm({ database });
    document = await (await fetch(`${im.url}/docs-json`)).json();
  });
  afterAll(() => im.close());

  it('shows Swagger UI at /docs', async () => {
    const page = await fetch(`${im.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
    const script = await fetch(`${im.url}/docs/swagger-ui-init.js`);
    expect(script.status).toBe(200);
  });

  it('names every operation of the requirement documents, each in the dialects it is offered in', () => {
    const offered = Object.fromEntries(
      Object.entries<any>(document.paths)
        .filter(([, { post }]) => post)
        .map(([path, { post }]) => [
          path,
          Object.keys(post.requestBody.content['application/json'].examples).join(' '),
        ]),
    );
    expect(offered).toMatchObject({
      '/auth/user_register': 'v1 v2',
      '/auth/user_token': 'v1 v2 v3',
      '/user/get_users_online_status': 'v1 v3',
      '/group/create_group': 'v1 v3',
      '/group/invite_user_to_group': 'v1 v3',
      '/group/kick_group': 'v1 v3',
      '/friend/import_friend': 'v1 v3',
      '/friend/add_blacklist': 'v1',
      '/user/update_user_info': 'v1 v3',
      '/manager/delete_user': 'v1',
      '/user/get_user_info': 'v1',
      '/manager/get_all_users_uid': 'v1',
      '/manager/send_msg': 'v1',
      '/user/user_register': 'v3',
      '/user/account_check': 'v3',
      '/user/get_users': 'v3',
      '/auth/get_admin_token': 'v3',
      '/auth/get_user_token': 'v3',
      '/auth/parse_token': 'v3',
      '/auth/force_logout': 'v3',
    });
  });

  it('has samples that work as they stand, with the token and the group the page remembers', async () => {
    // What goes on with something another operation answered, or with a file that has to be sent in between.
    const continuations = ['auth_sign', 'complete_multipart_upload', 'access_url', 'complete_form_data'];
    const unready = new Set([
      '/third/logs/delete',
      '/msg/get_send_job',
      ...continuations.map((name) => `/object/${name}`),
    ]);
    const token = await im.adminToken();
    let groupID = '';
    const rank = (path: string): number =>
      LAST.includes(path) ? 100 + LAST.indexOf(path) : ORDER.indexOf(path) + 1 || 99;
    const paths = Object.keys(document.paths).sort((a, b) => rank(a) - rank(b));
    for (const path of paths) {
      const { post } = document.paths[path];
      if (!post || unready.has(path)) continue;
      const query = (post.parameters ?? []).filter((one: any) => one.in === 'query');
      const url = [path, new URLSearchParams(query.map((one: any) => [one.name, one.schema.example]))].join(
        query[0] ? '?' : '',
      );
      const samples = Object.entries<any>(post.requestBody.content['application/json'].examples);
      const documented = post.responses['200'].content['application/json'].examples;
      for (const [dialect, { value }] of samples) {
        const asked = JSON.stringify(value)
          .replaceAll('05dc84b52829e82242a710ecf999c72c', groupID)
          .replaceAll('eyJhbGciOi…', token);
        const headers: Record<string, string> = {
          'content-type': 'application/json',
          token,
          ...(dialect === 'v3' ? { operationID: 'docs' } : {}),
        };
        const answer = await im.post(url, asked, headers);
        const what = `${dialect} ${path} ${asked} -> ${answer.text}`;
        expect(answer.status, what).toBe(200);
        expect(answer.body.errCode, what).toBe(0);
        // The documented answer has the members of the real one.
        expect(Object.keys(answer.body).sort(), what).toEqual(Object.keys(documented[dialect].value).sort());
        if (path === '/group/create_group') groupID = answer.body.data.groupID ?? answer.body.data.groupInfo.groupID;
      }
    }
  });
});
