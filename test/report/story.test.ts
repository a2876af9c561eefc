import {assert} from 'chai';
import type {JournalRecord} from '../../src/journal/record.js';
import {hashText} from '../../src/limits/hash.js';
import {parseProfile} from '../../src/profiles/parse.js';
import {openStory} from '../../src/report/story.js';
import {opened, T} from '../journal/sample.js';

const {limits} = parseProfile(
  'name: p\nlimits: [{name: network, windows: [{requests: 2, seconds: 10}]}, {name: user, per: [user], windows: [{requests: 5, seconds: 1}]}]',
  'p.yaml',
);
const NETWORK = hashText('network');
const LANE: JournalRecord = {
  t: 'b',
  l: 0,
  in: [
    ['network', NETWORK],
    ['user', 7],
  ],
};

const sent = (op: number, ms: number, n = 1): JournalRecord => ({t: 'i', op, n, l: 0, h: '5feceb66', at: T + ms});
const answered = (op: number, ms: number, st: number, more = {}): JournalRecord =>
  ({t: 'o', op, n: 1, k: 'ok', at: T + ms, st, ms: 100, ...more}) as JournalRecord;

function storyOf(row: number, records: readonly JournalRecord[]) {
  const story = openStory(row, limits, 30_000);
  for (const record of [opened(T), LANE, ...records]) story.note(record);
  return story.happenings;
}

describe('openStory', () => {
  it('tells which window a row had waited for, and until when', () => {
    const records = [sent(1, 0), sent(2, 0), answered(1, 100, 201), answered(2, 150, 201), sent(3, 10_101)];
    assert.deepEqual(storyOf(3, records), [
      {kind: 'sent', at: T + 10_101, n: 1, waited: {behind: 'network, 2 per 10 s', until: T + 10_100}},
    ]);
  });

  it('tells the same of all that start in one burst', () => {
    const before = [sent(1, 0), sent(2, 0), answered(1, 100, 201), answered(2, 100, 201)];
    const [three] = storyOf(3, [...before, sent(3, 10_100), sent(4, 10_101)]);
    const [four] = storyOf(4, [...before, sent(3, 10_100), sent(4, 10_101)]);
    assert.deepInclude(three, {waited: {behind: 'network, 2 per 10 s', until: T + 10_100}});
    assert.deepInclude(four, {waited: {behind: 'network, 2 per 10 s', until: T + 10_100}});
  });

  it('goes by what was set while the run went on', () => {
    const half = [{...limits[0]!, windows: [{requests: 1, seconds: 10, kind: 'rolling' as const}]}, limits[1]!];
    const story = openStory(2, limits, 30_000, () => half);
    const set: JournalRecord = {t: 's', at: T + 200, share: 0.5};
    for (const record of [opened(T), LANE, sent(1, 0), answered(1, 100, 201), set, sent(2, 10_101)]) story.note(record);
    assert.deepInclude(story.happenings[0], {waited: {behind: 'network, 1 per 10 s', until: T + 10_100}});
  });

  it('tells what a probe was answered, and counts it in the windows of others', () => {
    const probe: JournalRecord = {t: 'q', op: 1, l: 0, at: T};
    const answer: JournalRecord = {t: 'a', op: 1, at: T + 100, st: 500, m: 'the probe was answered 500'};
    const records = [probe, answer, sent(2, 0), answered(2, 100, 201), sent(3, 10_101)];
    assert.deepEqual(storyOf(1, records), [
      {kind: 'probed', at: T + 100, status: 500, why: 'the probe was answered 500'},
    ]);
    assert.deepInclude(storyOf(3, records)[0], {waited: {behind: 'network, 2 per 10 s', until: T + 10_100}});
  });

  it('tells of a pause that an operator ordered', () => {
    const [told] = storyOf(1, [{t: 's', at: T, paused: true}, {t: 's', at: T + 9000, paused: false}, sent(1, 9010)]);
    assert.deepInclude(told, {waited: {behind: 'sluice pause', until: T + 9000}});
  });

  it('names no wait where there was room', () =>
    assert.deepEqual(storyOf(2, [sent(1, 0), sent(2, 50)])[0], {kind: 'sent', at: T + 50, n: 1, waited: undefined}));

  it('tells of a pause that the provider ordered', () => {
    const records: JournalRecord[] = [
      sent(1, 0),
      answered(1, 100, 429, {k: 'not', e: 'refused'}),
      {t: 'p', op: 1, l: 0, at: T + 100, until: T + 5000, why: 'refused'},
      sent(1, 5001, 2),
    ];
    const told = storyOf(1, records);
    assert.deepEqual(
      told.map(({kind}) => kind),
      ['sent', 'ended', 'closed', 'sent'],
    );
    assert.deepInclude(told[3], {waited: {behind: 'network, closed by the provider', until: T + 5000}});
  });

  it('tells that a session ended without a word, and what was decided then', () => {
    const records: JournalRecord[] = [
      sent(1, 0),
      opened(T + 60_000),
      {t: 'd', op: 1, as: 'ok', by: 'user', at: T + 60_001, why: 'seen'},
    ];
    assert.deepEqual(storyOf(1, records).slice(1), [
      {kind: 'lost', at: T + 60_000},
      {kind: 'decided', at: T + 60_001, as: 'ok', by: 'user', why: 'seen'},
    ]);
  });

  it('counts what a dead session had under way from when the next one opened', () => {
    const records: JournalRecord[] = [sent(1, 0), sent(2, 0), opened(T + 60_000), LANE, sent(3, 70_001)];
    assert.deepInclude(storyOf(3, records)[0], {waited: {behind: 'network, 2 per 10 s', until: T + 70_000}});
  });
});
