// How the page looks: light and dark as the reader's system says, one column where it is narrow, whole on paper. No font, image or script.

const colours = `
:root { color-scheme: light dark; --ground: #f5f6f8; --card: #fff; --ink: #18202a; --soft: #56616e; --line: #dde2e8; --faint: #edf0f3; --accent: #2c62c9;
  --bar: #5b8def; --bar-end: #3f73dc; --old: #b3bbc5; --hatch: #ffffffa6; --good: #17723d; --warn: #8a5600; --bad: #b42318; --good-ground: #e4f4ea; --warn-ground: #fdf0d2; --bad-ground: #fde9e7; --now: #d92d20; }
@media (prefers-color-scheme: dark) { :root { --ground: #101418; --card: #191f25; --ink: #e8ecf0; --soft: #a3adb8; --line: #303841; --faint: #232a32; --accent: #8db4ff;
  --bar: #6c9cf5; --bar-end: #8db4ff; --old: #596471; --hatch: #0b0f13a6; --good: #74d69b; --warn: #f2c063; --bad: #ff958b; --good-ground: #15301f; --warn-ground: #352a10; --bad-ground: #3d1c19; --now: #ff7b70; } }
`;

const text = `
* { box-sizing: border-box; }
html { scroll-behavior: smooth; } @media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.55 Inter, system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body > * { max-width: 70rem; margin: 0 auto; padding: 0 1.25rem; } body > header { padding-top: 2rem; } body > footer { padding-top: 1.2rem; padding-bottom: 3rem; font-size: .85rem; color: var(--soft); }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; margin: .2rem 0 .8rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin: 2.4rem 0 .7rem; } h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .15rem 0; } ul, ol { list-style: none; margin: 0; padding: 0; } dl, dd { margin: 0; }
code { font: .87em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
a { color: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .3rem; } :target { outline: 2px solid var(--line); }
.soft, .todo, dt { color: var(--soft); } .name { font-weight: 600; overflow-wrap: anywhere; }
.good { color: var(--good); } .warning { color: var(--warn); } .error { color: var(--bad); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict { display: inline-block; padding: .45rem .9rem; border-radius: .5rem; font-weight: 600; font-size: 1.05rem; }
.verdict.good, .light.good { background: var(--good-ground); } .verdict.warning, .light.warning { background: var(--warn-ground); } .verdict.error, .light.error { background: var(--bad-ground); }
nav ul { display: flex; flex-wrap: wrap; gap: .4rem; margin-top: .8rem; } nav a { display: block; padding: .2rem .7rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); color: var(--ink); text-decoration: none; overflow-wrap: anywhere; } nav a:hover { border-color: var(--accent); }
.facts { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin-top: 1.1rem; } .facts div { display: flex; flex-direction: column-reverse; } .facts dt { font-size: .82rem; } .facts dd { font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; }
summary { cursor: pointer; } .tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; margin: 0 .2rem .1rem 0; font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; } .tag.signs { border-color: transparent; background: var(--good-ground); color: var(--good); }
`;

const tree = `
.tree ul { padding-left: 1.7rem; } .tree li { position: relative; } .tree li li { padding-top: .7rem; } .tree > li + li { margin-top: 1rem; }
.tree li li::before { content: ""; position: absolute; left: -1.1rem; top: 0; width: 1.1rem; height: 2.1rem; border: solid var(--line); border-width: 0 0 2px 2px; border-bottom-left-radius: .6rem; }
.tree li li:not(:last-child)::after { content: ""; position: absolute; left: -1.1rem; top: 0; bottom: 0; border-left: 2px solid var(--line); }
.node { border: 1px solid var(--line); border-left: 4px solid var(--old); border-radius: .5rem; padding: .55rem .9rem; } .node.root { border-left-color: var(--ink); } .node.issuing { border-left-color: var(--bar-end); } .node.over { border-left-color: var(--bad); }
.node p:first-child { font-size: 1rem; } .node .more { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.2rem; font-size: .92em; } .more details[open] { flex-basis: 100%; } .node summary { font-size: .82rem; color: var(--soft); width: fit-content; } .ids { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .1rem .8rem; font-size: .85rem; padding-top: .3rem; overflow-wrap: anywhere; }
`;

const chart = `
.chart { position: relative; --names: 17rem; } .axis time, .grid, .now, .today span { --x: calc(var(--names) + (100% - var(--names)) * var(--at)); }
.axis { position: relative; height: 1.5rem; font-size: .8rem; color: var(--soft); } .axis time { position: absolute; left: var(--x); transform: translateX(-50%); white-space: nowrap; }
.grid, .now { position: absolute; top: 1.5rem; bottom: 1.5rem; left: var(--x); width: 1px; background: var(--line); } .now { width: 2px; margin-left: -1px; background: var(--now); z-index: 1; }
.line { position: relative; display: grid; grid-template-columns: calc(var(--names) - 1rem) minmax(0, 1fr); gap: .1rem 1rem; align-items: center; padding: .5rem 0; } .who { grid-row: span 2; line-height: 1.35; font-size: .92rem; overflow-wrap: anywhere; } .who .soft { display: block; font-size: .82rem; }
.track { position: relative; height: .95rem; background: var(--faint); border-radius: .3rem; overflow: hidden; } .track .bar { position: absolute; top: 0; bottom: 0; }
.bar { background: var(--bar); border-radius: .3rem; } .bar.over { background: var(--old); } .track .bar.due { border-top-left-radius: 0; border-bottom-left-radius: 0; } .bar.due { background: repeating-linear-gradient(135deg, transparent 0 3px, var(--hatch) 3px 6px), var(--bar); }
.earlier { mask-image: linear-gradient(to right, transparent, #000 2rem); } .later { mask-image: linear-gradient(to left, transparent, #000 2rem); } .earlier.later { mask-image: linear-gradient(to right, transparent, #000 2rem calc(100% - 2rem), transparent); }
.dates { grid-column: 2; justify-self: start; position: relative; z-index: 2; padding-right: .3rem; background: var(--card); font-size: .82rem; font-variant-numeric: tabular-nums; } .left { font-weight: 600; }
.today { position: relative; height: 1.5rem; margin: 0; font-size: .8rem; font-weight: 600; } .today span { position: absolute; left: var(--x); color: var(--bad); white-space: nowrap; } .today .middle { transform: translateX(-50%); } .today .left { transform: translateX(-100%); }
.legend { font-size: .82rem; margin-top: .6rem; } .key { display: inline-block; width: 1.5rem; height: .65rem; margin: 0 .25rem 0 .6rem; border-radius: .2rem; } .key:first-child { margin-left: 0; } .key.fade { background: linear-gradient(to right, var(--bar), transparent); }
`;

const lists = `
.clusters { display: grid; gap: .7rem; } .clusters summary { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .8rem; } .clusters summary::before { content: "▸"; color: var(--soft); width: .8rem; } .clusters [open] > summary::before { content: "▾"; } .clusters summary::-webkit-details-marker { display: none; }
.lights { display: flex; flex-wrap: wrap; gap: .3rem; margin-left: auto; } .light { font-size: .8rem; padding: .05rem .55rem; border-radius: 1rem; white-space: nowrap; } .light.unknown { background: var(--faint); color: var(--soft); }
.clusters .checks { border-top: 1px solid var(--line); margin-top: .8rem; padding-top: .6rem; } .checks > li { display: grid; grid-template-columns: 1.2rem 5.5rem minmax(0, 1fr); gap: .4rem; padding: .3rem 0; } .mesh > li { grid-template-columns: 1.2rem minmax(0, 1fr); } .finding { overflow-wrap: anywhere; } .finding p { max-width: 48rem; } .finding code { font-weight: 600; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .5rem; } th, tbody td { border-bottom: 1px solid var(--line); } td, th[scope="col"] { text-align: center; width: 2rem; padding: .2rem 0; } th[scope="row"] { text-align: left; padding: .2rem 1rem .2rem 0; font-weight: 500; min-width: 10rem; max-width: 20rem; overflow-wrap: anywhere; } td.self { background: var(--faint); } .scroll + .checks { margin-top: 1rem; }
`;

const elsewhere = `
@media (max-width: 44rem) { body { font-size: 14px; } body > * { padding: 0 .9rem; } h1 { font-size: 1.4rem; } .card { padding: .9rem; } .chart { --names: 0rem; } .line { grid-template-columns: minmax(0, 1fr); } .who { grid-row: auto; justify-self: start; position: relative; z-index: 2; padding-right: .3rem; background: var(--card); } .dates { grid-column: 1; } .who .soft { display: inline; }
  .axis time:nth-child(even) { display: none; } .tree ul { padding-left: 1.1rem; } .tree li li::before { left: -.7rem; width: .7rem; } .tree li li:not(:last-child)::after { left: -.7rem; } .lights { margin-left: 1.2rem; } .checks > li { grid-template-columns: 1.2rem minmax(0, 1fr); } .checks > li > .finding { grid-column: 2; }
  .scroll th, .scroll td { font-size: .82rem; } td, th[scope="col"] { width: 1.3rem; min-width: 1.3rem; } th[scope="row"] { padding-right: .4rem; min-width: 6.3rem; } }
@media print { body { background: none; font-size: 12px; } body > * { max-width: none; padding: 0; } .card, .node, .line { break-inside: avoid; } h2 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  details::details-content { content-visibility: visible; height: auto; } summary::before { content: none; } a { color: inherit; } }
@media (forced-colors: active) { .bar { forced-color-adjust: none; } }
`;

export const style = `${colours}${text}${tree}${chart}${lists}${elsewhere}`;
