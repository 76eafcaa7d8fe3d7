// The page of `verify --output html`, as a browser draws it: to be read by anyone, on anything, and harmless whatever a name holds.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openBrowser, openReport } from './browser.ts';
import { badCompany, company, endlessName, goodPair, hostileName, hostileNames, manyNames, tenClusters } from './companies.ts';
import { drawnTexts, drawnTimeline, elementsBeyondTheEdge, heightsInClosedDetails, tabOrder, widthToScroll } from './measure.ts';

const browser = await openBrowser();
after(() => browser.close());

const reports = { 'two good clusters': goodPair(), 'three clusters': company(), 'six broken clusters': badCompany(), 'ten clusters': tenClusters(), 'hostile names': hostileNames() };
const schemes = ['light', 'dark'] as const;
const [telephone, desktop] = [375, 1200];

for (const [what, report] of Object.entries(reports)) {
  test(`${what}: the page loads nothing, runs nothing, and the browser has nothing to complain of`, async () => {
    await using opened = await openReport(browser, report);
    await opened.page.waitForLoadState('networkidle');
    assert.deepEqual(opened.incidents, []);
    assert.deepEqual(await opened.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)"), []);
  });

  for (const scheme of schemes) {
    for (const width of [telephone, desktop]) {
      test(`${what}, ${scheme}, ${width} px wide: every text has a contrast of 4.5 at least`, async () => {
        await using opened = await openReport(browser, report, { scheme, width });
        await opened.page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
        const texts = await drawnTexts(opened.page);
        assert.ok(texts.length > 60, String(texts.length));
        assert.deepEqual(texts.filter(({ contrast }) => !(contrast >= 4.5)), []);
      });
    }
  }

  for (const width of [320, telephone, 768, desktop]) {
    test(`${what}: at ${width} px nothing has to be scrolled sideways, with all details open as well`, async () => {
      await using opened = await openReport(browser, report, { width });
      for (const statement of ['', "document.querySelectorAll('details').forEach((each) => (each.open = true))"]) {
        await opened.page.evaluate(statement);
        assert.equal(await widthToScroll(opened.page), 0);
        assert.deepEqual(await elementsBeyondTheEdge(opened.page), []);
      }
    });
  }

  for (const width of [telephone, desktop]) {
    test(`${what}, ${width} px wide: every bar of the timeline lies where the axis says its dates are`, async () => {
      await using opened = await openReport(browser, report, { width });
      const { bars, ticks, now } = await drawnTimeline(opened.page);
      // Which pixel is which date? As a reader finds out: by two marks of the axis.
      const seen = ticks.filter(({ isVisible }) => isVisible);
      const [first, last] = [seen[0], seen.at(-1)];
      assert.ok(first !== undefined && last !== undefined && first !== last, 'two marks are needed to read an axis');
      const perMs = (last.middle - first.middle) / (Date.parse(last.at) - Date.parse(first.at));
      const pixelOf = (date: Date | string): number => first.middle + (new Date(date).getTime() - Date.parse(first.at)) * perMs;
      for (const { middle, at } of seen) assert.ok(Math.abs(middle - pixelOf(at)) < 1, at);
      assert.ok(Math.abs(now - pixelOf(report.now)) < 1.5, `now is drawn at ${now}, not at ${pixelOf(report.now)}`);
      const renewals = new Map(report.clusters.flatMap(({ view: { signing, input } }) => (signing === undefined || input.renewBeforeMs === undefined ? [] : [[signing.notAfter.toISOString(), input.renewBeforeMs] as const])));
      for (const { left, right, kind, dates: [notBefore, notAfter], track } of bars) {
        const within = (pixel: number): number => Math.min(track.right, Math.max(track.left, pixel));
        const begins = kind.includes('due') ? new Date(Date.parse(notAfter) - (renewals.get(notAfter) ?? NaN)) : notBefore;
        const [from, to] = [within(pixelOf(begins)), within(pixelOf(notAfter))];
        assert.ok(Math.abs(left - from) < 1.5 && Math.abs(right - Math.max(to, from + 0.004 * (track.right - track.left))) < 1.5, `${kind} of ${notBefore} to ${notAfter}: ${left} to ${right}, not ${from} to ${to}`);
      }
      assert.ok(bars.length >= 4);
    });
  }
}

test('light and dark are two pages of the same content', async () => {
  const drawn = [];
  for (const scheme of schemes) {
    await using opened = await openReport(browser, reports['three clusters'], { scheme });
    drawn.push({ ground: await opened.page.evaluate<string>('getComputedStyle(document.body).backgroundColor'), text: await opened.page.locator('body').innerText() });
  }
  assert.notEqual(drawn[0]?.ground, drawn[1]?.ground);
  assert.equal(drawn[0]?.text, drawn[1]?.text);
});

test('a screen reader finds landmarks, headings in order, the tree as nested lists, and words for every mark', async () => {
  await using opened = await openReport(browser, reports['three clusters']);
  const { page } = opened;
  for (const landmark of ['banner', 'main', 'contentinfo', 'navigation'] as const) assert.equal(await page.getByRole(landmark).count(), 1, landmark);
  for (const name of ['Who stands below whom', 'Until when', 'Each cluster', 'Between the clusters']) assert.equal(await page.getByRole('region', { name }).count(), 1, name);
  const levels = await page.evaluate<readonly number[]>("[...document.querySelectorAll('h1, h2, h3')].map(({ tagName }) => Number(tagName[1]))");
  assert.deepEqual([levels[0], levels.filter((level) => level === 1).length], [1, 1]);
  levels.forEach((level, index) => assert.ok(level <= (levels[index - 1] ?? 0) + 1, levels.join()));
  const tree = await page.getByRole('region', { name: 'Who stands below whom' }).ariaSnapshot();
  const depthOf = (name: string): number => (/^ */.exec(tree.split('\n').find((line) => line.includes(`CN=${name}`)) ?? assert.fail(`${name} is not in ${tree}`))?.[0].length ?? 0);
  assert.ok(depthOf('Acme Root CA') < depthOf('Acme Mesh CA') && depthOf('Acme Mesh CA') < depthOf('us-east-1.istio-ca'), tree);
  assert.equal(await page.getByRole('img', { name: 'error', exact: true }).count(), 2, 'the broken cluster says so in its line and in its list');
  assert.equal(await page.getByRole('img', { name: 'warning', exact: true }).count(), 2);
  assert.equal(await page.evaluate('document.documentElement.lang'), 'en');
  assert.match(await page.title(), /^Trust of eu-central-1, us-east-1 and ap-south-1$/);
});

test('the keyboard reaches everything that opens, and shows where it is', async () => {
  await using opened = await openReport(browser, reports['ten clusters']);
  const { page } = opened;
  const order = await tabOrder(page);
  const closed = await page.locator('summary').count();
  const links = await page.locator('nav a').count();
  assert.equal(order.filter(({ tag }) => tag === 'summary').length, closed);
  assert.equal(order.filter(({ tag }) => tag === 'a').length, links);
  assert.equal(order.length, closed + links + 1, 'the table can be scrolled as well');
  assert.deepEqual(order.filter(({ hasOutline, isInWindow }) => !hasOutline || !isInWindow), []);

  const summary = page.locator('.clusters summary').first();
  await summary.focus();
  const content = page.locator('.clusters details').first().locator('.checks');
  assert.equal(await content.isVisible(), false);
  await page.keyboard.press('Enter');
  assert.equal(await content.isVisible(), true);
  await page.keyboard.press('Space');
  assert.equal(await content.isVisible(), false);
});

test('what is wrong stands at the top, by name, and its link leads to the sentence and the way out', async () => {
  await using opened = await openReport(browser, reports['six broken clusters']);
  const { page } = opened;
  assert.match(await page.locator('.verdict').innerText(), /^✗ \d+ errors and 1 warning: not good\.$/);
  const names = ['old-root-handed-out', 'expired', 'subordinate-as-root', 'empty-value', 'mixed-up-clusters', 'different-roots', 'peer-refuses', 'istio-generated'];
  assert.deepEqual(await page.locator('nav code').allInnerTexts(), names, 'errors first');
  for (const link of await page.locator('nav a').all()) {
    const name = await link.locator('code').innerText();
    await link.click();
    const place = page.locator(':target');
    assert.equal(await place.locator('.finding code', { hasText: name }).first().isVisible(), true, name);
    assert.match(await place.locator('.finding', { hasText: name }).first().innerText(), /→ \w/);
  }
});

test('two good clusters say so, cluster by cluster and in both directions', async () => {
  await using opened = await openReport(browser, reports['two good clusters'], { width: telephone });
  const { page } = opened;
  assert.equal(await page.locator('.verdict').innerText(), '✓ Both clusters are good, and they accept each other.');
  assert.equal(await page.locator('nav').count(), 0);
  assert.equal(await page.locator('.light.good').count(), 12);
  for (const way of ['eu-central-1 → us-east-1', 'us-east-1 → eu-central-1']) assert.equal(await page.locator('.mesh strong', { hasText: way }).isVisible(), true);
});

test('ten clusters stay readable: one line for each, one table for the ninety ways, and what was found once', async () => {
  await using opened = await openReport(browser, reports['ten clusters'], { width: telephone });
  const { page } = opened;
  assert.deepEqual(await page.locator('.clusters h3').allInnerTexts(), manyNames);
  assert.equal(await page.locator('.clusters details[open]').count(), 0);
  const cells = page.getByRole('table').getByRole('cell');
  assert.equal(await cells.getByRole('img', { name: 'good' }).count(), 72);
  assert.equal(await cells.getByRole('img', { name: 'error' }).count(), 18);
  const table = await page.locator('.scroll').boundingBox();
  assert.ok(await page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.scroll'))"), `ten columns do not fit into ${table?.width} px`);
  assert.equal(await page.locator('.mesh > li').count(), 2, 'eighteen refusals are one finding');
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  assert.ok(height < 7_000, `${height} px high`);
});

for (const hasScripts of [true, false]) {
  test(`names are text, whatever they hold${hasScripts ? '' : ', with scripts switched off as well'}`, async () => {
    await using opened = await openReport(browser, reports['hostile names'], { hasScripts });
    const { page } = opened;
    // RFC 4514 escapes the brackets, as openssl and node print them.
    const shown = `CN=${hostileName.replaceAll(/[<>]/g, String.raw`\$&`)}`;
    assert.equal(await page.locator('.tree .name', { hasText: 'script' }).innerText(), shown);
    assert.equal(await page.locator('.tree .name', { hasText: endlessName }).count(), 1);
    assert.equal(await page.locator('script, img, #planted, [onmouseover], [onerror]').count(), 0);
    assert.equal(await page.locator('h3').first().innerText(), '"><b id="planted">bold</b>');
    assert.deepEqual(opened.incidents, []);
  });
}

test('without JavaScript nothing is missing', async () => {
  const texts = [];
  for (const hasScripts of [true, false]) {
    await using opened = await openReport(browser, reports['ten clusters'], { hasScripts });
    await opened.page.locator('.clusters summary').first().click();
    assert.equal(await opened.page.locator('.clusters .checks').first().isVisible(), true);
    texts.push(await opened.page.locator('body').innerText());
  }
  assert.equal(texts[0], texts[1]);
});

test('on paper everything is open, dark or not, and nothing is cut in two that belongs together', async () => {
  await using opened = await openReport(browser, reports['ten clusters'], { scheme: 'dark' });
  const { page } = opened;
  assert.ok((await heightsInClosedDetails(page)).every((height) => height === 0));
  await page.emulateMedia({ media: 'print', colorScheme: 'light' });
  const heights = await heightsInClosedDetails(page);
  assert.ok(heights.length > 20 && heights.every((height) => height > 10), heights.join());
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.node')).breakInside"), 'avoid');
  assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.track .bar')).printColorAdjust"), 'exact');
  assert.equal(await widthToScroll(page), 0);
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.subarray(0, 5).toString('latin1'), '%PDF-');
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  assert.ok(pages >= 2 && pages <= 12, `${pages} pages`);
});
