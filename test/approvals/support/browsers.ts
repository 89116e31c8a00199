import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { ROOT } from '../../../lab/prepare';
import { frontOf, type PageFront } from '../../../lab/page-front';
import type { LabPerson } from '../../../lab/person';
import type { Lab } from '../../../lab/lab';

/** Debian's Chromium, unless another one is named; none is ever downloaded. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Where pictures go: REQUORUM_PICTURES=docs, or a folder; nowhere without it. */
const PICTURES =
  process.env['REQUORUM_PICTURES'] === 'docs'
    ? join(ROOT, 'docs', 'images')
    : (process.env['REQUORUM_PICTURES'] ?? null);

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DARK: BrowserContextOptions = { colorScheme: 'dark' };

/** Real browsers before the page of a lab. Every person gets one of their own, with nothing in it. */
export class Browsers {
  private constructor(
    private readonly chromium: Browser,
    readonly front: PageFront,
  ) {}

  static async before(
    lab: Lab,
    more: readonly { readonly host: string; readonly port: number }[] = [],
  ): Promise<Browsers> {
    const front = await frontOf(lab);
    const rules = [front, ...more].map(({ host, port }) => `MAP ${host}:443 127.0.0.1:${port}`).join(',');
    const args = ['--no-sandbox', `--host-resolver-rules=${rules}`];
    return new Browsers(await chromium.launch({ executablePath: CHROMIUM, args }), front);
  }

  async someone(options: BrowserContextOptions = {}): Promise<Page> {
    const context: BrowserContext = await this.chromium.newContext({
      ...{ viewport: { width: 1020, height: 900 }, ignoreHTTPSErrors: true, baseURL: this.front.origin },
      ...options,
    });
    return context.newPage();
  }

  /** Signed in by a link of their own, before the case. */
  async signedIn({ api }: LabPerson, caseId: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.someone(options);
    await come(page, (await api.link(caseId)).url);
    await page.click('#continue');
    await page.waitForURL(`**/page/cases/${caseId}`);
    return page;
  }

  async end(): Promise<void> {
    await this.chromium.close();
    await this.front.close();
  }
}

/** Chromium gives up what it loads when any network interface of the machine comes or goes; looking at a link uses nothing up. */
async function come(page: Page, url: string): Promise<void> {
  for (let tries = 3; ; tries -= 1) {
    try {
      await page.goto(url);
      return;
    } catch (thrown) {
      if (tries === 1 || !String(thrown).includes('ERR_NETWORK_CHANGED')) throw thrown;
    }
  }
}

/** A picture of a state, as it is; only where pictures were asked for. The window grows to the page, as its bar is at the edge. */
export async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === null) return;
  mkdirSync(PICTURES, { recursive: true });
  const before = page.viewportSize() ?? { width: 1020, height: 900 };
  const height = await page.evaluate('document.documentElement.scrollHeight');
  await page.setViewportSize({ width: before.width, height: Math.max(before.height, Number(height)) });
  const devtools = await page.context().newCDPSession(page);
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality: 85 });
  writeFileSync(join(PICTURES, `${name}.webp`), Buffer.from(data, 'base64'));
  await devtools.detach();
  await page.setViewportSize(before);
}
