/** How the page of a plan looks, in light and in dark. The colours of lanes can be told apart by eight in a hundred who see no red or no green. */
export const PLAN_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fff; --ink: #1c2024; --soft: #626a73; --line: #dfe3e6; --strip: #f1f3f5; --hold: #d1495b;
  --c0: #0072b2; --c1: #e69f00; --c2: #009e73; --c3: #cc79a7; --c4: #56b4e9; --c5: #d55e00; --c6: #b8a800; --c7: #6a51a3; --c8: #9aa3ab;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --ink: #e8eaec; --soft: #9aa3ab; --line: #31373c; --strip: #22272b; --hold: #ef6f80;
    --c0: #3d9bd9; --c6: #d8c93a; --c7: #9e86d8; --c8: #6b747c;
  }
}
body { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin-top: 2rem; }
.head { margin: 0.2rem 0; }
figure { margin: 1.5rem 0 1rem; }
svg { display: block; width: 100%; height: auto; font: 11px system-ui, sans-serif; }
figcaption { color: var(--soft); display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; margin-top: 0.6rem; font-size: 0.85rem; }
figcaption span { overflow-wrap: anywhere; }
figcaption i { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.4em; border-radius: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: normal; }
pre { background: var(--strip); padding: 0.7rem; overflow-x: auto; font-size: 0.8rem; }
.grid { stroke: var(--line); }
.axis { stroke: var(--soft); }
.tick, .unit { fill: var(--soft); }
.name { fill: var(--ink); }
.end { text-anchor: end; }
.middle { text-anchor: middle; }
.strip { fill: var(--strip); }
${Array.from({length: 9}, (_, place) => `.lane-${place} { fill: var(--c${place}); background: var(--c${place}); }`).join('\n')}
${[0.25, 0.45, 0.65, 0.85].map((part, place) => `.band-${place + 1} { fill: var(--hold); background: var(--hold); opacity: ${part}; }`).join('\n')}
@media print { body { max-width: none; margin: 0; } }
`;
