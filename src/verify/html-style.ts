// How the page looks: light and dark as the reader's system says, one column where it is narrow. No font, image or script.

export const style = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #ffffff; --ink: #1c1f23; --soft: #5c636b; --line: #dcdfe3; --bar: #4b78b8; --old: #a9b1bb;
  --good: #1a7f45; --warn: #8a5a00; --bad: #b3261e; --good-ground: #e5f4ea; --warn-ground: #fdf1d6; --bad-ground: #fce8e6; --now: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #15181b; --card: #1d2125; --ink: #e7eaed; --soft: #a0a8b1; --line: #343a41; --bar: #7aa5e0; --old: #56606b;
  --good: #6fd096; --warn: #f0bd5b; --bad: #ff8f85; --good-ground: #17301f; --warn-ground: #352a12; --bad-ground: #3b1c1a; --now: #ff8f85; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; } h3 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .2rem 0; } .soft { color: var(--soft); } code { font: .86em ui-monospace, monospace; overflow-wrap: anywhere; }
.verdict { display: inline-block; margin-top: .6rem; padding: .3rem .7rem; border-radius: .4rem; font-weight: 600; }
.good { color: var(--good); } .warning { color: var(--warn); } .error { color: var(--bad); }
.verdict.good { background: var(--good-ground); } .verdict.warning { background: var(--warn-ground); } .verdict.error { background: var(--bad-ground); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
.clusters { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
.tree, .tree ul { list-style: none; margin: 0; padding: 0; } .tree ul { margin-left: .55rem; padding-left: 1.1rem; border-left: 2px solid var(--line); }
.tree li { padding: .35rem 0; } .tree .name { font-weight: 600; overflow-wrap: anywhere; }
.tag { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55rem; margin: 0 .25rem .1rem 0; font-size: .82rem; color: var(--soft); }
.checks { list-style: none; margin: 0; padding: 0; } .checks > li { display: grid; grid-template-columns: 1.2rem 5.5rem minmax(0, 1fr); gap: .4rem; padding: .25rem 0; }
.mesh > li { grid-template-columns: 1.2rem minmax(0, 1fr); } .finding { overflow-wrap: anywhere; } .todo { color: var(--soft); }
.line { display: grid; grid-template-columns: minmax(9rem, 16rem) minmax(0, 1fr); gap: .2rem 1rem; align-items: center; padding: .3rem 0; }
.line .who { overflow-wrap: anywhere; } .track { position: relative; height: 1.1rem; background: color-mix(in srgb, var(--line) 45%, transparent); border-radius: .3rem; overflow: hidden; }
.track .bar, .track .mark { position: absolute; top: 0; bottom: 0; } .track .bar { background: var(--bar); border-radius: .3rem; } .track .bar.over { background: var(--old); }
.track .bar.later { border-top-right-radius: 0; border-bottom-right-radius: 0; } .track .due { background: repeating-linear-gradient(45deg, transparent 0 4px, color-mix(in srgb, var(--card) 55%, transparent) 4px 8px); }
.track .mark { width: 2px; background: var(--now); } .dates { grid-column: 2; font-size: .82rem; color: var(--soft); }
@media (max-width: 40rem) { .line { grid-template-columns: minmax(0, 1fr); } .dates { grid-column: 1; } .checks > li { grid-template-columns: 1.2rem minmax(0, 1fr); } .checks > li > .finding { grid-column: 2; } .mesh > li > .finding { grid-column: auto; } .tree ul { padding-left: .7rem; } }
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
