/** The style sheet of the report: one column of cards on a quiet page, light, dark and on paper. */
import { fontStack, type Scheme, surface } from "./drawing/palette.js";

function variables(scheme: Scheme): string {
  return Object.entries(surface)
    .map(([name, pair]) => `--${name}: ${pair[scheme]};`)
    .join(" ");
}

export const reportStyle = `
:root { color-scheme: light dark; ${variables("light")} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables("dark")} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 ${fontStack}; }
main { max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
header { margin-bottom: 2rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; letter-spacing: -.005em; }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .5rem; }
p { margin: 0 0 .8rem; max-width: 46rem; }
a { color: var(--accent); }
.lead, .note, figcaption, caption p { color: var(--muted); }
.lead { font-size: 1.05rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 1rem 0 0; padding: 0; font-size: .92rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.scroll { overflow-x: auto; max-width: 100%; }
.table { margin: 0 0 1.25rem; padding: 1rem 1.1rem .6rem; width: fit-content; max-width: 100%; }
table { border-collapse: collapse; }
.table caption { text-align: left; padding-bottom: .6rem; }
.table caption strong { display: block; font-size: 1.02rem; color: var(--text); }
.table caption p { margin: .1rem 0 0; font-size: .88rem; line-height: 1.45; }
.table td, .table th { padding: .38rem .9rem; border-top: 1px solid var(--faint); text-align: left; font-weight: 400; vertical-align: baseline; }
.table thead th { border-top: 0; border-bottom: 1px solid var(--line); font-weight: 600; font-size: .86rem; color: var(--muted); vertical-align: bottom; }
.table thead th.number { white-space: normal; }
.table thead .unit { display: block; font-weight: 400; }
.table tr > :first-child { padding-left: 0; }
.table tr > :last-child { padding-right: 0; }
.table .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.table .strong { font-weight: 700; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 0 0 1.25rem; }
figure { flex: 1 1 auto; max-width: min(100%, 42rem); margin: 0; padding: .8rem .8rem .9rem; break-inside: avoid; display: flex; flex-direction: column; }
figure.wide { flex-basis: 100%; max-width: 100%; }
figure > .drawing { flex: 1; display: flex; align-items: center; justify-content: safe center; overflow-x: auto; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { width: 0; min-width: 100%; font-size: .88rem; line-height: 1.45; margin-top: .6rem; padding: 0 .2rem; }
figcaption strong { color: var(--text); }
.image-grid th { font-weight: 400; font-size: .88rem; text-align: right; padding: 0 .8rem 0 0; line-height: 1.35; min-width: 7rem; max-width: 15rem; }
.image-grid thead th { text-align: center; padding: 0 0 .3rem; color: var(--muted); min-width: 0; font-size: .8rem; }
.image-grid td { padding: 2px; text-align: center; }
.image-grid img { display: block; image-rendering: pixelated; border-radius: 2px; margin: 0 auto; }
.image-grid .note { display: block; margin: .1rem auto .25rem; font-size: .76rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
pre { margin: 0; padding: .9rem 1.1rem; overflow-x: auto; font: .84rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; tab-size: 4; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: .92em; }
pre code { font-size: 1em; }
.program { margin: 0 0 1.25rem; }
.program .name { padding: .5rem 1.1rem; border-bottom: 1px solid var(--faint); font-size: .86rem; color: var(--muted); }
.comment { color: var(--muted); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.4rem; margin: 0; padding: 1rem 1.1rem; font-size: .93rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
footer { margin-top: 3rem; color: var(--muted); font-size: .85rem; }
@media (max-width: 36rem) { .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .6rem; } main { padding-top: 1.5rem; } }
@media print {
  body { background: none; font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  h2, h3 { break-after: avoid; }
  .table, .program, .card { break-inside: avoid; }
  figure { flex: 1 1 45%; min-width: 0; }
  .image-grid { width: 100%; table-layout: fixed; }
  .image-grid th { min-width: 0; width: 15%; font-size: 8pt; }
  .image-grid thead th { width: auto; }
  .image-grid img { width: 100%; height: auto; }
  .image-grid .note { font-size: 6.5pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
