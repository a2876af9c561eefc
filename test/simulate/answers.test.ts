import {assert} from 'chai';
import type {HeaderRule, ResetFormat} from '../../src/profiles/profile.js';
import {formatReset, quotaHeaders, refusalReply, retryAfter} from '../../src/simulate/answers.js';
import {openCounters} from '../../src/simulate/counters.js';
import {profileOf} from '../support/profile.js';

const now = Date.UTC(2026, 7, 21, 12, 0, 10, 400);

describe('formatReset', () => {
  const at = now + 200_300;
  for (const [format, text] of [
    ['epoch-seconds', String(Math.floor(at / 1000) + 1)],
    ['epoch-ms', String(at)],
    ['seconds', '201'],
    ['ms', '200300'],
    ['iso', '2026-08-21T12:03:30.700Z'],
    ['http-date', 'Fri, 21 Aug 2026 12:03:31 GMT'],
    ['duration', '3m21s'],
  ] as [ResetFormat, string][])
    it(`${format}: ${text}`, () => assert.equal(formatReset(at, now, format), text));
});

describe('quotaHeaders', () => {
  const limits = [
    {
      name: 'a',
      per: [],
      windows: [
        {requests: 60, seconds: 60, kind: 'fixed' as const},
        {requests: 2, seconds: 1, kind: 'rolling' as const},
      ],
    },
    {name: 'b', per: [], windows: [{requests: 50, seconds: 60, kind: 'fixed' as const}]},
  ];
  const {standings} = openCounters(limits, true).admit(
    [
      {limit: 0, value: ''},
      {limit: 1, value: ''},
    ],
    now,
  );
  const names: HeaderRule = {limit: 'x-limit', remaining: 'x-left', reset: 'x-reset', trust: 'down'};
  const minuteEnd = String(Date.UTC(2026, 7, 21, 12, 1) / 1000);
  for (const {name, rule, headers} of [
    {
      name: 'the window that is described',
      rule: {...names, describes: {limits: ['a'], seconds: 60}},
      headers: {'x-limit': '60', 'x-left': '59', 'x-reset': minuteEnd},
    },
    {
      name: 'of several described the one with the least room',
      rule: {...names, describes: {seconds: 60}},
      headers: {'x-limit': '50', 'x-left': '49', 'x-reset': minuteEnd},
    },
    {
      name: 'of all the one with the least room',
      rule: {...names, format: 'ms' as const},
      headers: {'x-limit': '2', 'x-left': '1', 'x-reset': '1000'},
    },
    {name: 'nothing for a window that is not there', rule: {...names, describes: {limits: ['c']}}, headers: {}},
    {name: 'nothing without names', rule: {trust: 'none' as const}, headers: {}},
    {
      name: 'only what has a name',
      rule: {remaining: 'left', trust: 'down' as const, describes: {seconds: 1}},
      headers: {left: '1'},
    },
  ])
    it(name, () => assert.deepEqual(quotaHeaders(rule, standings, now), headers));
});

describe('retryAfter', () => {
  it('waits for the slowest window, and never less than a second', () => {
    const limits = [
      {
        name: 'a',
        per: [],
        windows: [
          {requests: 1, seconds: 60, kind: 'rolling' as const},
          {requests: 1, seconds: 0.5, kind: 'rolling' as const},
        ],
      },
    ];
    const counters = openCounters(limits, true);
    const {standings} = counters.admit([{limit: 0, value: ''}], now);
    assert.equal(retryAfter(standings, now + 20_300), '40');
    assert.equal(retryAfter(standings, now + 70_000), '1');
  });
});

describe('refusalReply', () => {
  for (const {name, refused, status, body} of [
    {name: 'a plain 429', refused: [], status: 429, body: {message: 'Too many requests'}},
    {
      name: 'a code inside the body',
      refused: [{json: {'/error/code': 400311, '/error/limited': true}}],
      status: 429,
      body: {message: 'Too many requests', error: {code: 400311, limited: 1}},
    },
    {
      name: 'a text',
      refused: [{status: ['4xx'], body: 'Rate limit has been reached'}],
      status: 429,
      body: {message: 'Rate limit has been reached'},
    },
    {
      name: 'a status of its own',
      refused: [{status: ['2xx', '403'], body: 'slow down'}],
      status: 403,
      body: {message: 'slow down'},
    },
  ])
    it(name, () => {
      const reply = refusalReply(profileOf({refused}));
      assert.equal(reply.status, status);
      assert.deepEqual(JSON.parse(reply.body), body);
    });
});
