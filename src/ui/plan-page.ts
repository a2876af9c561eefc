import {createHash} from 'node:crypto';
import type {Holding, Plan} from '../plan/plan.js';
import type {Drawn} from '../schedule/picture.js';
import {chartSvg} from './chart.js';
import {escaped} from './escaped.js';
import {holdingLines, sayWindow} from './holding.js';
import {sayInstant} from './instant.js';
import {count, sayNumber} from './plain.js';
import {PLAN_STYLE} from './plan-style.js';
import {sayDuration} from './words.js';

/** What a page tells of a plan beside the plan itself. */
export type PageParts = {
  readonly drawn: Drawn;
  /** What was planned, and with which profile. */
  readonly title: string;
  /** What the plan takes for granted, in whole sentences. */
  readonly assumptions: readonly string[];
  readonly now: number;
  /** What the local time is called. */
  readonly zone: string;
};

/** So many lanes and first requests are listed. */
const LISTED_LANES = 20;
const BODY_LENGTH = 2000;

/**
 * A plan as one page that needs nothing else: no script, no font, nothing from the network, which its policy forbids as well. Everything that comes from
 * a file, a profile or a word typed stands in it as text.
 */
export function planPage(plan: Plan, {drawn, title, assumptions, now, zone}: PageParts): string {
  const to = Date.parse(plan.finishesAt);
  const hash = createHash('sha256').update(PLAN_STYLE).digest('base64');
  const style = `<style>${PLAN_STYLE}</style>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
${style}
</head>
<body>
<h1>${escaped(title)}</h1>
<p class="head">${count(plan.requests, 'request')} ${plan.requests === 1 ? 'takes' : 'take'} <b>${sayDuration(plan.seconds * 1000)}</b> (${sayDuration(plan.secondsLow * 1000)} to ${sayDuration(plan.secondsHigh * 1000)})</p>
<p class="head">Begun now, the run is done about <b>${escaped(`${sayInstant(to, now)} ${zone}`)}</b> (${escaped(plan.finishesAt)}, UTC)</p>
<figure>
${chartSvg(drawn, {from: to - plan.seconds * 1000, to})}
<figcaption>${legend(drawn)}</figcaption>
</figure>
${list(holdingLines(plan))}
${windowTable(plan)}
${laneTable(plan)}
<h2>What this takes for granted</h2>
${list(assumptions)}
${problems(plan)}
${preview(plan)}
</body>
</html>
`;
}

function legend({lanes, held}: Drawn): string {
  const names = lanes.map(({name}, place) => `<span><i class="lane-${place}"></i>${escaped(name)}</span>`);
  const bands = held.length > 0 ? '<span><i class="band-4"></i>this holds everything back</span>' : '';
  return [...names, bands].join('\n');
}

function windowTable({binding}: Plan): string {
  if (binding.length === 0) return '';
  return `<h2>What holds the run back</h2>
${table(
  ['limit', 'window', 'holds everything back for', 'a quarter more would save'],
  binding.map((each) => [each.limit, sayWindow(each.window), percent(each.share), saving(each)]),
)}`;
}

function saving({savesSeconds}: Holding): string {
  if (savesSeconds === null) return 'not reckoned';
  return savesSeconds <= 0 ? 'nothing' : sayDuration(savesSeconds * 1000);
}

function laneTable({lanes}: Plan): string {
  const listed = lanes.slice(0, LISTED_LANES);
  const more = lanes.length > LISTED_LANES ? `<p>and ${sayNumber(lanes.length - LISTED_LANES)} more</p>` : '';
  return `<h2>The lanes that end last</h2>
${table(
  ['lane', 'requests', 'done after'],
  listed.map(({name, requests, seconds}) => [name, sayNumber(requests), sayDuration(seconds * 1000)]),
)}${more}`;
}

function problems({problems: found, rows, invalid}: Plan): string {
  if (invalid === 0) return '';
  return `<h2>${sayNumber(invalid)} of ${count(rows, 'row')} cannot be sent</h2>
${table(
  ['rows', 'what is wrong', 'first at'],
  found.map(({rows: same, message, file, line}) => [
    sayNumber(same),
    message,
    line === null ? file : `${file}:${line}`,
  ]),
)}`;
}

function preview({preview: requests}: Plan): string {
  if (requests.length === 0) return '';
  const shown = requests.map(({method, url, headers, body}) => {
    const lines = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
    const text = body === undefined || body.length <= BODY_LENGTH ? body : `${body.slice(0, BODY_LENGTH)}…`;
    return `<pre>${[...lines, ...(text === undefined ? [] : ['', text])].map(escaped).join('\n')}</pre>`;
  });
  return `<h2>The first requests</h2>\n${shown.join('\n')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${[cells('th', head), ...rows.map((row) => cells('td', row))].join('\n')}\n</table>`;
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul>\n${lines.map((line) => `<li>${escaped(line)}</li>`).join('\n')}\n</ul>`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} % of the time`;
}
