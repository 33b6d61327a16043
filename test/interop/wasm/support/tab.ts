import { appendFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from './browser.js';
import { Line } from './line.js';

/** One event as the page tells it. */
export interface Told {
  readonly name: string;
  readonly data?: unknown;
  readonly errCode?: number;
  readonly errMsg?: string;
}

const LOAD_MS = 120_000;

/**
 * A page of the browser with a database of its own, in which one user at a time is logged in. Its line stays the same: the
 * core keeps the addresses and the platform of the first login.
 */
export class Tab {
  /** Who listens to the page. */
  hear: (event: Told) => void = () => {};

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    readonly line: Line,
    private readonly site: string,
  ) {}

  /** Opens the page and waits until the core runs. */
  static async open(browser: Browser, site: string, wsPort: number): Promise<Tab> {
    const context = await browser.newContext();
    const tab = new Tab(context, await context.newPage(), await Line.to(wsPort), site);
    await tab.page.exposeFunction('tell', (event: string) => tab.hear(JSON.parse(event)));
    const log = process.env['WASM_LOG'];
    if (log) tab.page.on('console', (message) => appendFileSync(log, `${Date.now()} ${message.text()}\n`));
    await tab.load();
    return tab;
  }

  /** Loads the page, or loads it anew as after closing and opening the tab: the local database stays. */
  async load(): Promise<void> {
    await this.page.goto(`${this.site}/index.html`, { timeout: LOAD_MS });
    await this.page.waitForFunction('window.sdk && window.login', undefined, { timeout: LOAD_MS });
  }

  async close(): Promise<void> {
    await Promise.all([this.context.close(), this.line.close()]);
  }
}
