// `npm run e2e:page`: the page of `verify --output html` in a real browser, Debian's Chromium.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { terminalProgress } from '../../hack/control-plane/progress.ts';
import { ensureDebianPackages } from '../../hack/debian/packages.ts';
import { tellEnd } from '../../hack/test/unavailable.ts';
import { runTests, stopOnSignals } from '../harness/test-runner.ts';
import { tryBrowser } from './browser.ts';
import { takePictures } from './pictures.ts';

const help = `Opens the pages that \`pca-issuer verify --output html\` writes in headless Chromium, light, dark, narrow and on paper. Root on
Debian installs what is missing; elsewhere Chromium has to be there as /usr/bin/chromium.

Usage: npm run e2e:page -- [FLAGS]

  --only PATTERN   run the tests whose names match
  --pictures       run none, and rewrite docs/verify-light.png, -dark.png and -narrow.png`;

const { values } = parseArgs({ options: { only: { type: 'string' }, pictures: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
if (values.help === true) {
  console.log(help);
  process.exit(0);
}

try {
  await ensureDebianPackages(['chromium', 'fonts-inter', 'fonts-dejavu-core'], { progress: terminalProgress() });
  await tryBrowser();
  if (values.pictures === true) for (const file of await takePictures()) console.log(path.relative(process.cwd(), file));
  else process.exitCode = await runTests([path.join(import.meta.dirname, 'page.test.ts')], { atATime: 1, only: values.only, signal: stopOnSignals() });
} catch (error) {
  process.exitCode = tellEnd(error);
}
