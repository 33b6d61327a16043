import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Browser = import('playwright-core').Browser;
export type BrowserContext = import('playwright-core').BrowserContext;
export type Page = import('playwright-core').Page;

/** Where Debian's packages put it. The shell has no window and takes a sixth of the other's time. */
const PLACES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const CHROMIUM = process.env['CHROMIUM'] ?? PLACES.find((place) => existsSync(place));

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  // Compiling 35 MB of WebAssembly a second time, to make it faster, does not pay for a story.
  '--js-flags=--liftoff-only',
  // A page in the background is throttled like one nobody looks at; a client under test has to run at full speed.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // Nothing of the browser's own on the network.
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const require = createRequire(import.meta.url);

/** Why no browser client can run here; undefined when one can. */
export function whatIsMissing(): string | undefined {
  if (!CHROMIUM || !existsSync(CHROMIUM)) {
    return `there is no ${CHROMIUM ?? PLACES.join(', no ')} (apt-get install chromium-headless-shell, or set CHROMIUM)`;
  }
  try {
    require.resolve('playwright-core');
    require.resolve('@openim/wasm-client-sdk');
    return undefined;
  } catch {
    return 'test/interop/wasm has no packages (npm ci --prefix test/interop/wasm)';
  }
}

export function launchBrowser(): Promise<Browser> {
  const { chromium } = require('playwright-core') as typeof import('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
}
