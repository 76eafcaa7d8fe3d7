// What the browser made of a page, measured where it was drawn. What runs in there is plain text: no other file here knows a DOM.
import type { Page } from 'playwright-core';

export interface DrawnText {
  readonly text: string;
  /** Of its colour to what lies behind it, as WCAG 2 counts; 4.5 is what readers need. */
  readonly contrast: number;
}

export interface DrawnBar {
  readonly left: number;
  readonly right: number;
  readonly kind: string;
  /** Of the row that it stands in: start and end of the certificate. */
  readonly dates: readonly [string, string];
  readonly track: { readonly left: number; readonly right: number };
}

export interface DrawnTimeline {
  readonly bars: readonly DrawnBar[];
  readonly ticks: readonly { readonly middle: number; readonly at: string; readonly isVisible: boolean }[];
  readonly now: number;
}

const contrastOfTexts = `(() => {
  const parse = (colour) => {
    const numbers = (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const scale = colour.startsWith('color(') ? 255 : 1;
    return [numbers[0] * scale, numbers[1] * scale, numbers[2] * scale, numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const linear = (byte) => (byte / 255 <= 0.03928 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    const layers = [];
    for (let each = element; each !== null; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (textContent.trim() === '' || !parentElement.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true })) continue;
    const ground = behind(parentElement);
    const [one, other] = [light(over(parse(getComputedStyle(parentElement).color), ground)), light(ground)];
    found.push({ text: textContent.trim().slice(0, 60), contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) });
  }
  return found;
})()`;

export async function drawnTexts(page: Page): Promise<readonly DrawnText[]> {
  return await page.evaluate<readonly DrawnText[]>(contrastOfTexts);
}

const beyondTheEdge = `[...document.querySelectorAll('body *')].filter((each) => each.closest('.scroll') === null && each.getClientRects().length > 0 && !each.matches('.unseen')).filter((each) => {
  const { left, right } = each.getBoundingClientRect();
  return left < -0.5 || right > document.documentElement.clientWidth + 0.5;
}).map((each) => each.tagName + '.' + each.className + ' ' + each.textContent.slice(0, 40))`;

/** @returns what is drawn outside of the window to the left or to the right; what scrolls in a box of its own is not meant. */
export async function elementsBeyondTheEdge(page: Page): Promise<readonly string[]> {
  return await page.evaluate<readonly string[]>(beyondTheEdge);
}

export async function widthToScroll(page: Page): Promise<number> {
  return await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

const timelineAsDrawn = `(() => {
  const box = (element) => element.getBoundingClientRect();
  const bars = [...document.querySelectorAll('.track .bar')].map((bar) => {
    const { left, right } = box(bar);
    const track = box(bar.closest('.track'));
    const dates = [...bar.closest('li').querySelectorAll('time')].map(({ dateTime }) => dateTime);
    return { left, right, kind: bar.className, dates, track: { left: track.left, right: track.right } };
  });
  const ticks = [...document.querySelectorAll('.axis time')].map((tick) => ({ middle: (box(tick).left + box(tick).right) / 2, at: tick.dateTime, isVisible: tick.getClientRects().length > 0 }));
  const now = box(document.querySelector('.now'));
  return { bars, ticks, now: (now.left + now.right) / 2 };
})()`;

export async function drawnTimeline(page: Page): Promise<DrawnTimeline> {
  return await page.evaluate<DrawnTimeline>(timelineAsDrawn);
}

export interface Focused {
  readonly tag: string;
  readonly text: string;
  readonly hasOutline: boolean;
  readonly isInWindow: boolean;
}

const focused = `(() => {
  const element = document.activeElement;
  const { top, bottom } = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return { tag: element.tagName.toLowerCase(), text: element.textContent.trim(), hasOutline: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2, isInWindow: bottom > 0 && top < innerHeight };
})()`;

/** What the Tab key leads to, in its order. */
export async function tabOrder(page: Page): Promise<readonly Focused[]> {
  const order: Focused[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const each = await page.evaluate<Focused>(focused);
    if (each.tag === 'body' || each.tag === 'html') return order;
    order.push(each);
    if (order.length > 200) throw new Error('the Tab key does not come to an end');
  }
}

/** Heights of what is inside of closed details, as drawn: 0 where it is not. Looked at two frames later: on a busy machine the first may still be of the medium before. */
export async function heightsInClosedDetails(page: Page): Promise<readonly number[]> {
  const heights = "[...document.querySelectorAll('details:not([open]) > :not(summary)')].map((each) => each.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) ? each.getBoundingClientRect().height : 0)";
  return await page.evaluate<readonly number[]>(`new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() => tell(${heights}))))`);
}
