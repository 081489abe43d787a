import { html } from '../../functions/report/html.ts';

/** Light and dark by the reader's own setting; on paper light. */
export const STYLE = html`
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#1f2933;--soft:#5a6b7b;--edge:#d9dfe5;--grid:#e4e7eb;--value:#1f4e79;--band:#9fc5e8;--expected:#6b8fb3;--mark:#c0271d;--learning:#8595a5;--future:#7a4fa3;--limit:#b45309}
@media screen and (prefers-color-scheme:dark){:root{--ground:#10151b;--card:#1a2129;--ink:#e4e7eb;--soft:#9fb0c0;--edge:#323f4b;--grid:#2b3640;--value:#8ec5ff;--band:#2f5478;--expected:#6f9cc7;--mark:#ff7a6b;--learning:#54626f;--future:#c4a1e8;--limit:#f0a84b}}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 16px 48px}
h1{font-size:22px;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:17px;margin:0 0 6px;overflow-wrap:anywhere}h3{font-size:15px;margin:20px 0 8px}
code{font:600 .95em ui-monospace,Menlo,Consolas,monospace}
p{margin:4px 0}ul{margin:8px 0;padding-left:20px}
.soft{color:var(--soft);font-size:13.5px}.headline{font-weight:600}.note{border-left:3px solid var(--limit);padding-left:10px}
section{background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:18px 20px;margin:18px 0}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:13px;color:var(--soft);margin-top:12px}
.legend span{display:inline-flex;align-items:center;gap:6px}.legend i{display:inline-block;width:18px;height:10px;border-radius:2px}
.k-value{background:var(--value);height:2px!important}.k-band{background:var(--band);opacity:.6}.k-expected{background:var(--expected);height:1px!important}
.k-mark{background:var(--mark);width:10px!important;border-radius:50%!important}.k-learning{background:var(--learning);opacity:.3}.k-future{background:var(--future);opacity:.45}
.chart{display:block;width:100%;height:auto;font-size:12px}
.chart text{fill:var(--soft)}.grid{stroke:var(--grid)}.tick{stroke:var(--soft)}
.value{fill:none;stroke:var(--value);stroke-width:1.3;stroke-linejoin:round;stroke-linecap:round}
.band{fill:var(--band);opacity:.45}.expected{fill:none;stroke:var(--expected);stroke-width:1;stroke-dasharray:3 3}
.future-band{fill:var(--future);opacity:.22}.future{fill:none;stroke:var(--future);stroke-width:1.6}
.limit{stroke:var(--limit);stroke-width:1.5;stroke-dasharray:5 4;fill:none}
.learning{fill:var(--learning);opacity:.16}.span{fill:var(--mark);opacity:.13}
.mark{fill:var(--mark);stroke:var(--card);stroke-width:1.5}
.wide{overflow-x:auto}.wide .chart{min-width:640px}
.scroll{overflow-x:auto;max-height:420px;overflow-y:auto}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:var(--soft);font-weight:600;padding:4px 12px 4px 0;position:sticky;top:0;background:var(--card)}
td{border-top:1px solid var(--edge);padding:5px 12px 5px 0;vertical-align:top}.time{white-space:nowrap}
.details{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:16px}
figure{margin:0}figcaption{font-size:13px;margin-top:2px}`;
