/**
 * The whole style of the page: no other file is asked for, and the policy of the page allows exactly this text, by its hash.
 * Two columns where there is room, one on a phone; light and dark as the device says.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1b1c1e;--soft:#66696f;--line:#e3e3df;--track:#e4e4e0;
--good:#1d7a4d;--bad:#b3261e;--warn:#8a5a00;--warn-bg:#fff1d6;--good-bg:#e6f4ec;--bad-bg:#fdecea;--act:#1b1c1e;--act-ink:#fff;
--hatch:rgba(179,38,30,.07);--focus:#1f5fd6}
@media (prefers-color-scheme:dark){:root{--bg:#131416;--card:#1c1e21;--ink:#ececea;--soft:#a0a4ab;--line:#303338;--track:#34373c;
--good:#5fc592;--bad:#ff8a80;--warn:#f0b95a;--warn-bg:#3a2c10;--good-bg:#15301f;--bad-bg:#3b1b19;--act:#f1f1ee;--act-ink:#16171a;
--hatch:rgba(255,138,128,.07);--focus:#8ab4ff}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.45 Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:1020px;margin:0 auto;padding:20px 40px 48px}
.page.asks{padding-bottom:120px}
a{color:inherit}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
h1{font-size:26px;line-height:1.2;letter-spacing:-.015em;margin:18px 0 6px;font-weight:650}
h2{font-size:13px;font-weight:600;color:var(--soft);margin:0 0 12px}
p{margin:0 0 8px}
p:last-child{margin-bottom:0}
.lead{color:var(--soft);margin:0 0 4px;max-width:46em}
.lead strong{color:var(--ink);font-weight:550}
.red{color:var(--bad)}
.soft{color:var(--soft)}
.small{font-size:13px}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:fixed;top:8px;left:8px;width:auto;height:auto;clip-path:none;background:var(--card);padding:8px 12px;border-radius:8px;z-index:9}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px;border-radius:6px}
header{display:flex;gap:12px;align-items:baseline;flex-wrap:wrap;font-size:13.5px;color:var(--soft)}
header b{color:var(--ink);font-weight:650}
header .where{flex:1;min-width:10em;overflow-wrap:anywhere}
.pill{border-radius:8px;padding:2px 10px;font-size:13px;white-space:nowrap;background:var(--track);color:var(--ink);font-variant-numeric:tabular-nums}
.pill.waiting{background:var(--warn-bg);color:var(--warn)}
.pill.good{background:var(--good-bg);color:var(--good)}
.pill.bad{background:var(--bad-bg);color:var(--bad)}
.notice{border-radius:12px;padding:12px 16px;margin:16px 0 0;background:var(--good-bg);border:1px solid var(--good)}
.notice.waiting{background:var(--warn-bg);border-color:var(--warn)}
.notice.refused{background:var(--bad-bg);border-color:var(--bad)}
.notice p{margin:0}
.short{border-radius:12px;padding:14px 18px;margin:14px 0;background:var(--bad-bg);border:1px solid var(--bad);color:var(--bad);font-weight:600}
.servers{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:10px;margin:22px 0;padding:0;list-style:none}
.server{background:var(--card);border:1px solid var(--line);border-top:3px solid var(--line);border-radius:12px;padding:12px 12px 14px;min-width:0;display:flex;flex-direction:column}
.server h3{font-size:15px;margin:0;font-weight:620;overflow-wrap:anywhere}
.server .at{font-size:12.5px;color:var(--soft);overflow-wrap:anywhere}
.server svg{display:block;width:100%;height:6px;margin:10px 0 5px;border-radius:3px}
.server .track{fill:var(--track)}.server .full{fill:var(--good)}.server .behind{fill:var(--warn)}
.server .fate{margin-top:auto;padding-top:9px;font-size:13px;font-weight:620}
.server .why{font-size:12px;color:var(--soft);margin-top:5px;overflow-wrap:anywhere}
.server.kept{border-color:var(--good)}.server.kept .fate{color:var(--good)}
.server.out{border-top-color:var(--bad);background-image:repeating-linear-gradient(135deg,transparent 0 9px,var(--hatch) 9px 10px)}.server.out .fate{color:var(--bad)}
.server.acted{border-top-color:var(--warn)}.server.acted .fate{color:var(--warn)}
.columns{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,4fr);gap:16px;align-items:start}
.columns>div{display:grid;gap:16px;min-width:0}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;min-width:0}
.card.loss{border-left:3px solid var(--warn)}
.card.danger{border:1px solid var(--bad);border-left:3px solid var(--bad)}
.card ul.plain{list-style:none;margin:0;padding:0;display:grid;gap:8px}
.steps,.phases{list-style:none;margin:0;padding:0;display:grid;gap:12px}
.steps>li{display:grid;grid-template-columns:22px minmax(0,1fr);gap:12px}
.steps .n{width:22px;height:22px;border:1px solid var(--line);border-radius:50%;display:grid;place-items:center;font-size:11.5px;color:var(--soft)}
.steps .says,.phases .says{display:block;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
.line{display:flex;align-items:center;gap:12px;color:var(--bad);font-size:13.5px;font-weight:620}
.line::before{content:"";width:22px;border-top:1px solid var(--bad)}
.line::after{content:"";flex:1;border-top:1px solid var(--bad)}
code{overflow-wrap:anywhere}
pre{font-size:12.5px;margin:0 0 10px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
.finding{border-left:3px solid var(--line);padding-left:10px}
.finding.warning{border-color:var(--warn)}.finding.danger{border-color:var(--bad)}
.finding b{font-weight:600}
.finding .tag{font-size:12px;font-weight:620;color:var(--soft)}
.finding.warning .tag{color:var(--warn)}.finding.danger .tag{color:var(--bad)}
.finding .says{display:block;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
.vote{display:grid;grid-template-columns:12px minmax(0,1fr);gap:8px;align-items:baseline;overflow-wrap:anywhere}
.vote i{width:8px;height:8px;border-radius:50%;border:1.5px solid var(--soft);display:block}
.vote.given i{background:var(--good);border-color:var(--good)}.vote.no i{background:var(--bad);border-color:var(--bad)}
.phases>li{display:grid;grid-template-columns:16px minmax(0,1fr) auto;gap:10px;align-items:baseline}
.phases .mark{width:10px;height:10px;border-radius:50%;background:var(--good);align-self:start;margin-top:7px}
.phases .warning .mark,.phases .mark.warning{background:var(--warn)}.phases .mark.danger{background:var(--bad)}
.phases .mark.now{background:none;border:2px solid var(--soft);border-right-color:transparent;animation:turn 1s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
.phases .took{font-size:12.5px;color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
.phases .says.warning{color:var(--warn)}.phases .says.danger{color:var(--bad)}
.steps>.line,.phases>.line{display:flex}
.facts{display:grid;grid-template-columns:auto minmax(0,1fr);gap:4px 14px;margin:0}
.facts dd{font-size:14.5px}.facts dt{color:var(--soft);font-size:13.5px}.facts dd{margin:0;overflow-wrap:anywhere}
.rung{display:grid;grid-template-columns:16px minmax(0,1fr);gap:8px}
.rung .sign{font-weight:700}.rung.passed .sign{color:var(--good)}.rung.pending .sign{color:var(--warn)}.rung.failed .sign{color:var(--bad)}
.rung .says{display:block;font-size:13px;color:var(--soft);overflow-wrap:anywhere}
ol.next{margin:0;padding-left:20px;display:grid;gap:6px}
label{display:block}
.tick{display:grid;grid-template-columns:20px minmax(0,1fr);gap:10px;align-items:start;padding:8px 0}
.tick input{width:20px;height:20px;margin:1px 0 0;accent-color:var(--bad)}
.field{margin-top:12px}
.field span{display:block;font-size:13.5px;color:var(--soft);margin-bottom:4px}
.field input,.field textarea{width:100%;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
.field textarea{min-height:66px;resize:vertical}
button,.button{font:inherit;font-weight:620;border-radius:10px;border:1px solid var(--line);background:var(--card);color:var(--ink);padding:11px 18px;min-height:44px;cursor:pointer;text-decoration:none;display:inline-block;text-align:center}
button.yes,.button.yes{background:var(--act);color:var(--act-ink);border-color:var(--act)}
button.over{background:#a8221b;color:#fff;border-color:#a8221b}
button[disabled]{opacity:.45;cursor:not-allowed}
.bar{position:fixed;left:0;right:0;bottom:0;background:var(--card);border-top:1px solid var(--line);padding:12px 0 max(12px,env(safe-area-inset-bottom))}
.bar>div{max-width:1020px;margin:0 auto;padding:0 40px;display:flex;gap:10px;align-items:center;flex-wrap:wrap}
.bar form{display:flex;gap:10px;margin:0}
.bar p{flex:1;min-width:16em;margin:0;font-size:13.5px;color:var(--soft);overflow-wrap:anywhere}
footer{margin-top:28px;font-size:13px;color:var(--soft);display:flex;gap:12px;flex-wrap:wrap;align-items:center}
footer form{margin:0}footer button{min-height:0;padding:4px 10px;font-size:13px;font-weight:500}
.narrow{max-width:560px;margin:0 auto}
.narrow .card{margin-top:18px}
details summary{cursor:pointer;font-size:13px;font-weight:600;color:var(--soft)}
details[open] summary{margin-bottom:10px}
@media (max-width:760px){.page{padding:16px 16px 40px}.page.asks{padding-bottom:170px}h1{font-size:21px}.columns{grid-template-columns:minmax(0,1fr)}
.servers{grid-template-columns:repeat(2,minmax(0,1fr))}.bar>div{padding:0 16px}.bar p{flex-basis:100%;min-width:0}.bar form{flex:1 1 100%}.bar form button{flex:1}}
@media (max-width:340px){.servers{grid-template-columns:minmax(0,1fr)}}
@media (prefers-reduced-motion:reduce){.phases .mark.now{animation:none}}
@media print{.bar,footer form{display:none}}
`;
