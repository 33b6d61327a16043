import { describe, expect, it } from 'vitest';
import { PLATFORM_NAMES, platformIDOf } from '../core/protocol.js';
import type { MultiLoginPolicy } from '../core/settings.js';
import { connectionsToKick, tokensToKick } from './multi-login.js';

interface Token {
  name: string;
  platformID: number;
  issuedAt: number;
}

/** `IOS-1` is the oldest token of iOS, `IOS-2` a younger one. The age is told by the number, whatever the platform. */
function held(...names: string[]): Token[] {
  return names.map((name) => {
    const [platform = '', age = ''] = name.split('-');
    return { name, platformID: platformOf(platform), issuedAt: Number(age) };
  });
}

function platformOf(name: string): number {
  const id = platformIDOf(name);
  if (!id) throw new Error(`no platform ${name}`);
  return id;
}

/** Who is kicked, in alphabetical order. */
function kicked(policy: MultiLoginPolicy, platform: string, tokens: Token[]): string[] {
  return tokensToKick(policy, tokens, platformOf(platform))
    .map(({ name }) => name)
    .toSorted();
}

/** `count` tokens of one platform, the youngest first. */
const many = (platform: string, count: number): Token[] =>
  held(...Array.from({ length: count }, (_, index) => `${platform}-${count - index}`));

const EVERYWHERE = Object.values(PLATFORM_NAMES).map((platform, index) => `${platform}-${index + 1}`);
const POLICIES: MultiLoginPolicy[] = [0, 1, 4, 5];

describe('Under every login policy', () => {
  it.each(POLICIES)('the first login kicks nobody (policy %i)', (policy) => {
    for (const platform of Object.values(PLATFORM_NAMES)) expect(kicked(policy, platform, [])).toEqual([]);
  });

  it.each(POLICIES)('the administrator’s console stays logged in, however many they are (policy %i)', (policy) => {
    const tokens = many('Admin', 40);
    for (const platform of Object.values(PLATFORM_NAMES)) expect(kicked(policy, platform, tokens)).toEqual([]);
  });

  // The original lets it count as one of any other platform; docs/compatibility.md.
  it.each(POLICIES)('a login to the administrator’s console ends no other login (policy %i)', (policy) => {
    expect(kicked(policy, 'Admin', held('IOS-1', 'Android-2', 'IOS-3', 'OSX-4', 'Admin-5'))).toEqual([]);
  });

  it.each(POLICIES)('the tokens given are left as they are (policy %i)', (policy) => {
    const tokens = held('IOS-1', 'IOS-3', 'Android-2', 'OSX-4');
    const before = structuredClone(tokens);
    tokensToKick(policy, tokens, 1);
    expect(tokens).toEqual(before);
  });
});

describe('Policy 0, nobody is kicked', () => {
  it('not even by a hundred platforms and devices', () => {
    for (const platform of Object.values(PLATFORM_NAMES)) expect(kicked(0, platform, held(...EVERYWHERE))).toEqual([]);
  });

  it('until a platform has thirty, the new one counted', () => {
    expect(kicked(0, 'IOS', many('IOS', 29))).toEqual([]);
    expect(kicked(0, 'IOS', many('IOS', 30))).toEqual(['IOS-1']);
    expect(kicked(0, 'IOS', many('IOS', 32))).toEqual(['IOS-1', 'IOS-2', 'IOS-3']);
  });

  it('on other platforms until there are more than thirty', () => {
    expect(kicked(0, 'IOS', many('Web', 30))).toEqual([]);
    expect(kicked(0, 'IOS', many('Web', 31))).toEqual(['Web-1']);
  });
});

describe('Policy 1, one login per platform', () => {
  it('kicks all of the same platform', () => {
    expect(kicked(1, 'IOS', held('IOS-2', 'IOS-1', 'Android-3', 'Web-4'))).toEqual(['IOS-1', 'IOS-2']);
  });

  it('leaves the newest of every other platform', () => {
    expect(kicked(1, 'IOS', held('Web-2', 'Web-5', 'Web-3', 'OSX-1', 'OSX-4'))).toEqual(['OSX-1', 'Web-2', 'Web-3']);
  });

  it('keeps platforms of one class apart', () => {
    expect(kicked(1, 'IOS', held('Android-1'))).toEqual([]);
    expect(kicked(1, 'Windows', held('OSX-1', 'Linux-2'))).toEqual([]);
  });
});

describe('Policy 4, one login per class of device', () => {
  it.each([
    ['IOS', ['Android-2', 'IOS-1']],
    ['Android', ['Android-2', 'IOS-1']],
    ['Windows', ['Linux-7', 'OSX-4', 'Windows-3']],
    ['OSX', ['Linux-7', 'OSX-4', 'Windows-3']],
    ['Linux', ['Linux-7', 'OSX-4', 'Windows-3']],
    ['APad', ['APad-8', 'IPad-9']],
    ['IPad', ['APad-8', 'IPad-9']],
    ['Web', ['Web-5']],
    ['MiniWeb', ['MiniWeb-6']],
    ['HarmonyOS', ['HarmonyOS-11']],
  ])('a login on %s kicks all of its class: %j', (platform, names) => {
    const ofItsClass = held(...EVERYWHERE).filter(({ name }) => names.includes(name));
    expect(kicked(4, platform, ofItsClass)).toEqual(names);
    const others = held('IOS-1', 'OSX-4', 'APad-8', 'Web-5', 'MiniWeb-6', 'HarmonyOS-11', 'Admin-10').filter(
      ({ name }) => !names.includes(name),
    );
    expect(kicked(4, platform, others)).toEqual([]);
  });

  it('leaves the newest of every other class', () => {
    const tokens = held('Windows-3', 'Linux-9', 'OSX-5', 'APad-2', 'IPad-1', 'Web-4', 'Web-6', 'MiniWeb-7');
    expect(kicked(4, 'IOS', tokens)).toEqual(['IPad-1', 'OSX-5', 'Web-4', 'Windows-3']);
  });
});

describe('Policy 5, a PC and one other', () => {
  it.each(['IOS', 'Android', 'Web', 'MiniWeb', 'APad', 'IPad', 'HarmonyOS'])(
    'a login on %s kicks everything but the PCs',
    (platform) => {
      const expected = EVERYWHERE.filter((name) => !/^(Windows|OSX|Linux|Admin)/.test(name)).toSorted();
      expect(kicked(5, platform, held(...EVERYWHERE))).toEqual(expected);
    },
  );

  it.each(['Windows', 'OSX', 'Linux'])('a login on %s kicks no PC, and leaves one other', (platform) => {
    const tokens = held('Windows-1', 'OSX-2', 'Linux-3', 'OSX-4', 'IOS-6', 'Web-5');
    expect(kicked(5, platform, tokens)).toEqual(['Web-5']);
  });

  it('the one that is left is an Android if there is one, however old', () => {
    expect(kicked(5, 'OSX', held('IOS-4', 'Android-1', 'Web-3'))).toEqual(['IOS-4', 'Web-3']);
  });

  it('the one that is left is the newest', () => {
    expect(kicked(5, 'OSX', held('IOS-1', 'Web-3', 'IPad-2'))).toEqual(['IOS-1', 'IPad-2']);
    expect(kicked(5, 'OSX', held('Android-1', 'Android-3', 'IOS-4', 'Android-2'))).toEqual([
      'Android-1',
      'Android-2',
      'IOS-4',
    ]);
  });
});

describe('A new connection', () => {
  /** `IOS:a` is a connection of iOS with token a. */
  function connection(text: string): { text: string; platformID: number; token: string } {
    const [platform = '', token = ''] = text.split(':');
    return { text, platformID: platformOf(platform), token };
  }
  const opened = (policy: MultiLoginPolicy, open: readonly string[], arriving: string) => {
    const { connections, tokens } = connectionsToKick(policy, open.map(connection), connection(arriving));
    return [connections.map(({ text }) => text).join(' '), tokens];
  };
  const OPEN = ['IOS:a', 'Android:b', 'OSX:c', 'Web:d', 'APad:e', 'Windows:f', 'IOS:g', 'Admin:h'];

  it.each<[MultiLoginPolicy, string, string, string]>([
    [0, 'IOS:new', '', 'none'],
    [0, 'Admin:new', '', 'none'],
    [1, 'IOS:new', 'IOS:a IOS:g', 'platform'],
    [1, 'Android:new', 'Android:b', 'platform'],
    [1, 'IPad:new', '', 'none'],
    [1, 'HarmonyOS:new', '', 'none'],
    [1, 'IOS:a', 'IOS:g', 'platform'],
    [1, 'Android:b', '', 'platform'],
    [1, 'Android:a', 'Android:b', 'platform'],
    [4, 'IOS:new', 'IOS:a Android:b IOS:g', 'theirs'],
    [4, 'Android:a', 'Android:b IOS:g', 'theirs'],
    [4, 'Linux:new', 'OSX:c Windows:f', 'theirs'],
    [4, 'IPad:new', 'APad:e', 'theirs'],
    [4, 'Web:new', 'Web:d', 'theirs'],
    [4, 'MiniWeb:new', '', 'theirs'],
    [4, 'HarmonyOS:new', '', 'theirs'],
    [5, 'IOS:new', 'IOS:a Android:b Web:d APad:e IOS:g', 'platform'],
    [5, 'Web:d', 'IOS:a Android:b APad:e IOS:g', 'platform'],
    [5, 'HarmonyOS:new', 'IOS:a Android:b Web:d APad:e IOS:g', 'platform'],
    [5, 'OSX:new', '', 'none'],
    [5, 'Linux:new', '', 'none'],
    // The table alone would have it count as any platform; see docs/compatibility.md.
    [1, 'Admin:new', 'Admin:h', 'none'],
    [4, 'Admin:new', 'Admin:h', 'none'],
    [5, 'Admin:new', 'Admin:h', 'none'],
    [5, 'Admin:h', '', 'none'],
  ])('under policy %i, of %s, kicks %j and ends tokens: %s', (policy, arriving, kicks, tokens) => {
    expect(opened(policy, OPEN, arriving)).toEqual([kicks, tokens]);
  });

  it.each(POLICIES)('kicks nobody where nobody is (policy %i)', (policy) => {
    for (const platform of Object.values(PLATFORM_NAMES)) expect(opened(policy, [], `${platform}:new`)[0]).toBe('');
  });

  it('ends tokens of its platform under policy 5 though nobody is connected', () => {
    expect(opened(5, [], 'IOS:new')).toEqual(['', 'platform']);
  });
});
