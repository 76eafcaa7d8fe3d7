// `npm run e2e:page -- --pictures`: the page as docs/guides/verify-and-revoke.md shows it. The same input makes the same picture.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { renderHtmlPage } from '../../src/verify/html-page.ts';
import { openBrowser, openReport, type Look } from './browser.ts';
import { company } from './companies.ts';

const docs = path.join(import.meta.dirname, '../../docs');

/** The page goes on for longer than a picture should. */
const pictures: readonly (Look & { readonly name: string; readonly height: number })[] = [
  { name: 'verify-light', scheme: 'light', width: 900, height: 1_500 },
  { name: 'verify-dark', scheme: 'dark', width: 900, height: 1_500 },
  { name: 'verify-narrow', scheme: 'light', width: 375, height: 1_900 },
];

/** ECDSA draws lots for each signature, so certificates of the same content have other fingerprints every time. */
function withFixedFingerprints(page: string): string {
  const seen = new Map<string, string>();
  return page.replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => {
    const fixed = seen.get(hash) ?? createHash('sha256').update(String(seen.size)).digest('hex');
    seen.set(hash, fixed);
    return fixed;
  });
}

/** @returns the files. */
export async function takePictures(folder = docs): Promise<readonly string[]> {
  const browser = await openBrowser();
  const body = withFixedFingerprints(renderHtmlPage(company()));
  const files: string[] = [];
  for (const { name, height, ...look } of pictures) {
    await using opened = await openReport(browser, body, look);
    const file = path.join(folder, `${name}.png`);
    await opened.page.screenshot({ path: file, fullPage: true, animations: 'disabled', clip: { x: 0, y: 0, width: look.width ?? 0, height } });
    files.push(file);
  }
  await browser.close();
  return files;
}
