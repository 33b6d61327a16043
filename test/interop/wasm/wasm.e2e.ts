import { afterAll, afterEach, beforeAll, describe, vi } from 'vitest';
import { describeOnEachDatabase } from '../../support/databases.js';
import { appServer } from './stories/appserver.js';
import { chatting } from './stories/chat.js';
import { devices } from './stories/devices.js';
import { friends } from './stories/friends.js';
import { groups } from './stories/groups.js';
import { kindsOfMessages } from './stories/kinds.js';
import { loggingIn } from './stories/login.js';
import { outages } from './stories/outages.js';
import { whatIsMissing } from './support/browser.js';
import { World } from './support/world.js';

const STORIES: Record<string, (world: () => World) => void> = {
  'logging in': loggingIn,
  'two users': chatting,
  'kinds of messages': kindsOfMessages,
  groups,
  friends,
  'presence and devices': devices,
  'an AppServer': appServer,
  outages,
};

// A page compiles the core in seconds; on a busy machine in many.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const missing = whatIsMissing();
if (missing) process.stderr.write(`\n  SKIPPED: nothing ran with the wasm client, because ${missing}.\n\n`);

// One server and one browser for all stories of a database: opening pages is what takes the time.
describe.skipIf(missing)('The wasm client', () => {
  describeOnEachDatabase('against a server', (database) => {
    let world: World;
    beforeAll(async () => {
      world = await World.create(database);
    });
    // What a failed story left behind would make the next ones fail too.
    afterEach(({ task }) => (task.result?.state === 'fail' ? world?.forget() : undefined));
    afterAll(() => world?.close());

    describe.each(Object.entries(STORIES))('%s', (_, story) => {
      afterAll(() => world?.leave());
      story(() => world);
    });
  });
});
