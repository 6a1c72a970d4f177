/** The whole style: no framework, no font, no image. Colours are few and mean something; each comes with a word or a shape. */
export const STYLE = String.raw`
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #fff; --text: #1b1d21; --quiet: #585d67; --line: #dcdee3; --link: #1a57b8;
  --good: #17693a; --bad: #b3261e; --warn: #835500; --busy: #1a57b8; --spark: #a3a9b5; --lane: #f1f2f4; --join: #7a2fb0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15171a; --card: #1c1f24; --text: #e6e8ec; --quiet: #a3a9b5; --line: #343943; --link: #86b4ff;
    --good: #6fcf97; --bad: #ff8a80; --warn: #f0bd5a; --busy: #86b4ff; --spark: #5c6370; --lane: #1a1d22; --join: #cf9bff;
  }
}
* { box-sizing: border-box; }
html { font: 15px/1.5 system-ui, sans-serif; background: var(--page); color: var(--text); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
main { max-width: 78rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .5rem 0 .75rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0; }
ul, ol { margin: .5rem 0; padding-left: 1.25rem; }
code, pre { font: .85em/1.5 ui-monospace, monospace; }
.quiet { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; background: var(--card); padding: .5rem; z-index: 1; }

.top { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding: .6rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--card); }
.top nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
.top a { text-decoration: none; padding: .15rem 0; }
.top a[aria-current] { color: var(--text); font-weight: 600; border-bottom: 2px solid var(--link); }

.mark { font-weight: 600; white-space: nowrap; }
.icon { width: .95em; height: .95em; vertical-align: -.1em; margin-right: .3em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.icon.filled { fill: currentColor; fill-rule: evenodd; stroke: none; }
.mark.good { color: var(--good); } .mark.bad { color: var(--bad); } .mark.warn { color: var(--warn); } .mark.busy { color: var(--busy); }
.mark.quiet { font-weight: 400; }

.filters { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: end; margin: .75rem 0 1rem; }
.filters label { display: grid; font-size: .85rem; color: var(--quiet); }
input, select, textarea, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--quiet); border-radius: 4px; padding: .3rem .5rem; min-height: 2.25rem; max-width: 100%; }
.filters input { width: 11rem; }
button { cursor: pointer; font-weight: 600; padding: .3rem .9rem; }
button.danger { color: var(--bad); border-color: var(--bad); }
.filters > a { padding: .4rem 0; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: .8rem 1.25rem; align-items: start; margin: .75rem 0; }
.wide-field { grid-column: 1 / -1; }
.field { display: grid; gap: .15rem; }
.field label, fieldset legend { font-weight: 600; }
.field input:not([type=checkbox]), .field select, .field textarea { width: 100%; }
.field [aria-invalid] { border-color: var(--bad); border-width: 2px; }
fieldset { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem .75rem; margin: 0; min-width: 0; }
fieldset p { margin: .35rem 0; }
.kind { margin: .35rem 0; } .kind .fields { margin: .3rem 0 .6rem 1.6rem; }
.whole { user-select: all; } [data-live-part] { display: contents; }
.hint { display: block; font-size: .85rem; color: var(--quiet); font-weight: 400; }
.problem { display: block; font-size: .9rem; color: var(--bad); font-weight: 600; }
textarea { min-height: 4rem; resize: vertical; } .secret { -webkit-text-security: disc; }
input[type=checkbox], input[type=radio] { min-height: auto; padding: 0; width: 1rem; height: 1rem; vertical-align: -.15em; accent-color: var(--link); }
button.lesser { font-weight: 400; }
.preview { border-left: 3px solid var(--line); padding-left: .75rem; margin-top: .5rem; }
.times { font-variant-numeric: tabular-nums; }
.done { border-left: 4px solid var(--good); padding: .5rem .75rem; background: var(--card); }
.item { display: grid; grid-template-columns: minmax(14rem, 1.3fr) minmax(12rem, 1fr) minmax(12rem, 1fr); gap: .25rem 1.25rem; align-items: start; }
.item h2 { font-size: 1rem; margin: 0; }
.table { border-collapse: collapse; } .table th, .table td { text-align: left; vertical-align: top; padding: .3rem .9rem .3rem 0; border-top: 1px solid var(--line); font-weight: 400; }
.table thead th { color: var(--quiet); border-top: 0; white-space: nowrap; } .narrow { white-space: nowrap; }
.pair { display: inline-block; margin-right: .9rem; }
.session { margin-left: auto; display: flex; flex-wrap: wrap; gap: .5rem; align-items: baseline; } .session button { min-height: 0; padding: .1rem .6rem; font-weight: 400; }
.pager { display: flex; gap: 1.5rem; margin: 1rem 0; }
.empty { padding: 2rem 0; color: var(--quiet); max-width: 44rem; }
.notice { border-left: 4px solid var(--bad); padding: .5rem .75rem; background: var(--card); }

.runs, .list, .panels, .rows, .findings, .tenants, .troubles, .strip, .categories, .errors { list-style: none; padding: 0; margin: 0; }
.runs > li, .list > li, .findings > li, .troubles > li, .rows > li { border-top: 1px solid var(--line); padding: .7rem 0; }
.run { display: grid; grid-template-columns: minmax(18rem, 1fr) 13rem 33rem; gap: .25rem 1.25rem; align-items: start; }
.run h2, .finding h2 { font-size: 1rem; margin: 0; }
.run-what { display: grid; grid-template-columns: 7.25rem 1fr; column-gap: .6rem; }
.run-what p { grid-column: 2; margin: 0; }
.run-when { margin: 0; }
.run .error-line { grid-column: 1 / -1; }
.error-line { color: var(--text); border-left: 3px solid var(--bad); padding-left: .6rem; }
.strip { display: grid; grid-template-columns: repeat(6, 1fr); gap: .4rem; }
.strip li { min-width: 0; }
.strip .stage { display: block; font-size: .8rem; color: var(--quiet); line-height: 1.2; }
.strip .value { display: block; font-size: .9rem; font-variant-numeric: tabular-nums; line-height: 1.4; white-space: nowrap; }
.spark { display: block; width: 100%; max-width: 8rem; height: 1rem; fill: var(--spark); }
.spark .own { fill: var(--text); }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: .6rem 1.5rem; margin: 1rem 0; }
.facts dt, .props dt { font-size: .85rem; color: var(--quiet); }
.facts dd, .props dd { margin: 0; }
.next-steps { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; list-style: none; display: grid; gap: .75rem; }
.next-steps p { margin: 0 0 .4rem; }
.action { margin: .75rem 0; }
.action summary { cursor: pointer; display: inline-block; padding: .3rem 0; color: var(--link); }
.panels { display: grid; align-items: start; grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); gap: 1rem; }
.panel { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem .75rem; background: var(--card); }
.panel:first-child { grid-row: span 3; }
.panel h3 { display: flex; justify-content: space-between; gap: 1rem; margin: .25rem 0; }
.categories { margin-top: .6rem; }
.categories > li, .errors > li { border-top: 1px solid var(--line); padding: .35rem 0; }
.category { display: flex; flex-wrap: wrap; gap: .1rem .8rem; }
.counts { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.counts th, .counts td { padding: .2rem .8rem .2rem 0; text-align: right; font-weight: 400; overflow-wrap: normal; }
.counts th { color: var(--quiet); } .counts th:first-child { text-align: left; }
.log { max-height: 28rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; padding: .75rem; background: var(--card); white-space: pre-wrap; }
.props > div { display: grid; grid-template-columns: minmax(6rem, 14rem) 1fr; gap: 1rem; }
.rows > li:target { background: var(--lane); outline: 2px solid var(--link); outline-offset: 6px; }
.finding { display: grid; grid-template-columns: 6rem 1fr; gap: .25rem 1rem; }
.tenants li { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: .4rem 0; border-top: 1px solid var(--line); }
.tenants a { flex: 1 1 14rem; }
.tally { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; } .tally a { text-decoration: none; color: var(--text); }

.wide { overflow-x: auto; width: fit-content; max-width: 100%; margin: .5rem 0; border: 1px solid var(--line); border-radius: 6px; background: var(--card); padding: .5rem; }
.day { display: block; width: 100%; height: 26px; margin-top: .5rem; } .day .good { fill: var(--spark); } .ends { display: flex; justify-content: space-between; margin: 0; }
.day .bad, .gantt .bad { fill: var(--bad); } .day .warn, .gantt .warn { fill: var(--warn); } .day .busy, .gantt .busy { fill: var(--busy); }
.gantt .good { fill: var(--good); } .gantt .quiet { fill: var(--spark); }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); }
svg .axis { fill: var(--quiet); } .rule { stroke: var(--line); }
.gantt, .picture { display: block; }
@media (min-width: 62rem) { .picture.large { width: 100%; min-width: 56rem; height: auto; } }
.picture .lane { fill: var(--lane); stroke: var(--line); }
.picture .lane-name { fill: var(--quiet); font-weight: 600; }
.picture .node { fill: var(--card); stroke: var(--quiet); }
.picture a:hover .node, .picture a:focus-visible .node { stroke: var(--link); stroke-width: 2; }
.picture .node-name { font-weight: 600; } .picture .node-kind { fill: var(--quiet); font-size: 11px; }
.picture .link { fill: none; stroke: var(--quiet); stroke-width: 1.5; } .picture .arrow { fill: var(--quiet); }
.picture .join .link { stroke: var(--join); stroke-width: 2; stroke-dasharray: 6 4; }
.picture .link-label { font-size: 11px; fill: var(--quiet); paint-order: stroke; stroke: var(--lane); stroke-width: 4px; } .picture .join .link-label { fill: var(--join); font-weight: 600; }

@media (max-width: 70rem) { .run { grid-template-columns: 1fr minmax(10rem, auto); } .run .strip { grid-column: 1 / -1; } }
@media (max-width: 40rem) {
  main { padding: .75rem .9rem 3rem; } .top { padding: .6rem .9rem; }
  .item { grid-template-columns: 1fr; } .kind .fields { margin-left: 0; }
  .run { grid-template-columns: 1fr; } .strip { grid-template-columns: repeat(3, 1fr); gap: .6rem; }
  .filters { display: grid; grid-template-columns: 1fr 1fr; } .filters input, .filters select { width: 100%; } .finding { grid-template-columns: 1fr; }
  .counts { font-size: .9rem; } .counts th, .counts td { padding-right: .45rem; }
  .props > div { grid-template-columns: 1fr; gap: 0; margin-bottom: .4rem; }
}
@media print {
  :root {
    color-scheme: light; --page: #fff; --card: #fff; --text: #000; --quiet: #444; --line: #bbb; --link: #000;
    --good: #17693a; --bad: #b3261e; --warn: #835500; --busy: #1a57b8; --spark: #888; --lane: #f1f2f4; --join: #7a2fb0;
  }
  time::after { content: " (" attr(title) ")"; } ::details-content { content-visibility: visible; }
  .top, .skip, .action, .filters, .pager { display: none; } main { max-width: none; padding: 0; }
  .wide { overflow: visible; border: 0; } .picture, .gantt { width: 100%; height: auto; } details > * { display: block; }
}
`;
