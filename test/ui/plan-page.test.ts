import {createHash} from 'node:crypto';
import {assert} from 'chai';
import type {Plan} from '../../src/plan/plan.js';
import {type PageParts, planPage} from '../../src/ui/plan-page.js';

const NOW = Date.UTC(2026, 7, 21, 12);
const HOSTILE = '</style><script>alert("1")</script>\u202e<img src=x onerror=alert(1)>';
const plan = (text: string): Plan => ({
  rows: 1_000_010,
  valid: 1_000_000,
  invalid: 10,
  requests: 1_000_000,
  seconds: 7200,
  secondsLow: 7100,
  secondsHigh: 7300,
  finishesAt: '2026-08-21T14:00:00.000Z',
  binding: [
    {
      limit: text,
      window: '1800 per 1 h',
      share: 0.51,
      fromSeconds: 1740,
      idleSeconds: 1860,
      everySeconds: 3600,
      before: '60 per 60 s',
      savesSeconds: 900,
    },
  ],
  lanes: Array.from({length: 30}, (_, lane) => ({name: `${text} ${lane}`, requests: 33_333, seconds: 7200})),
  preview: [
    {method: 'POST', url: `https://api.example.com/${text}`, headers: {authorization: '***', 'x-a': text}, body: text},
  ],
  problems: [{code: 'ROW_BAD', rows: 10, message: text, file: text, line: 17, row: 16}],
});
const page = (text: string, parts: Partial<PageParts> = {}) =>
  planPage(plan(text), {
    drawn: {
      sliceMs: 60_000,
      lanes: [{name: text, requests: Array.from({length: 120}, () => 1)}],
      others: 0,
      held: [{limit: text, window: '1800 per 1 h', parts: Array.from({length: 120}, () => 1)}],
    },
    title: `Plan: ${text}`,
    assumptions: [text],
    now: NOW,
    zone: 'Europe/Paris',
    ...parts,
  });

describe('the page of a plan', () => {
  it('says when it is done, in local time and in UTC, what holds it back, and what that saves', () => {
    const html = page('bot');
    assert.include(html, '1,000,000 requests take <b>2 h 00 min</b>');
    assert.include(html, 'Europe/Paris</b> (2026-08-21T14:00:00.000Z, UTC)');
    assert.include(html, '<td>1,800 per hour</td><td>51 % of the time</td><td>15 min</td>');
    assert.include(html, '10 of 1,000,010 rows cannot be sent');
    assert.include(html, 'and 10 more');
  });

  it('needs nothing else: no script, nothing from the network, and a policy that says so', () => {
    const html = page('bot');
    assert.notMatch(html, /<script|<link|<img|@import|url\(|\bsrc=|\bhref=|\bstyle=|\bon[a-z]+=/);
    const [, style] = /<style>([\s\S]*)<\/style>/.exec(html)!;
    const hash = createHash('sha256').update(style!).digest('base64');
    assert.include(html, `content="default-src 'none'; style-src 'sha256-${hash}'"`);
    assert.include(style!, 'prefers-color-scheme: dark');
  });

  it('holds what is not its own as text, wherever that stands', () => {
    const html = page(HOSTILE);
    assert.notMatch(html, /<script|<img|\u202e/);
    assert.lengthOf(html.match(/<\/style>/g)!, 1);
    assert.lengthOf(html.match(/<h1>/g)!, 1);
  });

  it('stays small, and is a page for nothing as well', () => {
    assert.isBelow(page('bot').length, 30_000);
    const empty = {
      ...plan('bot'),
      requests: 0,
      seconds: 0,
      binding: [],
      lanes: [],
      preview: [],
      invalid: 0,
      problems: [],
    };
    const drawn = {sliceMs: 1, lanes: [], others: 0, held: []};
    assert.notMatch(planPage(empty, {drawn, title: 'a', assumptions: [], now: NOW, zone: 'UTC'}), /NaN|undefined/);
  });
});
