/**
 * What tests talk to: a real server on a real database.
 *
 * describeOnEachDatabase('Importing friends', (database) => {
 *   let im: Im;
 *   beforeAll(async () => { im = await startIm({ database }); });
 *   afterAll(() => im.close());
 *   it('makes both friends of each other', async () => {
 *     await im.register('ann', 'bob');
 *     const answer = await im.v1('/friend/import_friend', { uid: 'ann', ownerUid: 'bob' }, await im.adminToken());
 *     expect(answer).toMatchObject({ status: 200, body: { errCode: 0, errMsg: '' } });
 *   });
 * });
 */
export interface TestDatabase {
  /** 'SQLite' or 'MariaDB'. */
  readonly name: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came. */
  readonly text: string;
  /** The body parsed as JSON, undefined when it is none. */
  readonly body: any;
}

export interface Im {
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** POST of anything: an object is sent as JSON with Content-Type application/json, a string as it is. No header or operationID is added. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** A request in v1 or v2: adds `operationID` to the body (unless it has one) and the token header when given. */
  v1(path: string, body: object, token?: string): Promise<Answer>;
  v2(path: string, body: object, token?: string): Promise<Answer>;
  /** A request in v3: adds the header operationID and the token header when given. */
  v3(path: string, body: object, token?: string): Promise<Answer>;
  /** A token of the administrator openIM123456. */
  adminToken(): Promise<string>;
  /** A token of an ordinary registered user. */
  tokenOf(userID: string): Promise<string>;
  /** Registers ordinary users (nickname = userID); users already there are left alone. */
  register(...userIDs: string[]): Promise<void>;
  /** Registers the members and creates a group through v1: the first is the owner, the others ordinary. Answers the group ID. */
  group(...memberIDs: string[]): Promise<string>;
  /** Makes a user online on a platform, as a connected socket would. */
  online(userID: string, platformID: number): Promise<void>;
  /** Rows of a table as the database has them, e.g. im.rows('im_messages', { conversationID: 'si_a_b' }). */
  rows(table: string, where: Record<string, unknown>): Promise<any[]>;
  /** A provider of the running application. */
  get<T>(type: abstract new (...args: any[]) => T): T;
  close(): Promise<void>;
}
