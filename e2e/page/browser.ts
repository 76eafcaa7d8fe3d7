// A page of verify in Debian's Chromium, as a person opens the file: nothing is served, and whatever it would load is written down.
import { chromium, type Browser, type Page } from 'playwright-core';
import { Unavailable } from '../../hack/test/unavailable.ts';
import { renderHtmlPage } from '../../src/verify/html-page.ts';
import type { Report } from '../../src/verify/report.ts';

const executable = '/usr/bin/chromium';

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
  readonly hasScripts?: boolean;
}

export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** What the browser complained of, scripts and dialogs that ran, and requests beyond the page itself. */
  readonly incidents: readonly string[];
}

/** A limit that only ends what hangs: the first start reads 300 MB from a disk that may be slow. */
const patienceMs = 180_000;

export async function openBrowser(): Promise<Browser> {
  // In a container, root has no sandbox, and /dev/shm is small.
  return await chromium.launch({ executablePath: executable, timeout: patienceMs, args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none', '--disable-lcd-text'] });
}

/** Whether a browser can be had here at all. @throws Unavailable with one sentence where not even a page that is empty can be opened. */
export async function tryBrowser(): Promise<void> {
  try {
    await using browser = await openBrowser();
    await (await browser.newPage()).setContent('', { timeout: patienceMs });
  } catch (error) {
    const [said = ''] = (error as Error).message.split('\n');
    throw new Unavailable(`${executable} opens no page on this machine: ${said}`, { cause: error });
  }
}

const address = 'https://verify.invalid/trust.html';

export async function openReport(browser: Browser, report: Report | string, { scheme = 'light', width = 1200, hasScripts = true }: Look = {}): Promise<Opened> {
  const incidents: string[] = [];
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: hasScripts, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC' });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  page.on('console', (message) => void incidents.push(`console ${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => void incidents.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    incidents.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => void (request.url() === address || incidents.push(`request: ${request.url()}`)));
  const body = typeof report === 'string' ? report : renderHtmlPage(report);
  await context.route('**', (route) => (route.request().url() === address ? route.fulfill({ body, contentType: 'text/html' }) : route.abort()));
  await page.goto(address);
  return { page, incidents, [Symbol.asyncDispose]: () => context.close() };
}
