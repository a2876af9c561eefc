import {assert} from 'chai';
import type {JournalRecord} from '../../src/journal/record.js';
import {readSent} from '../../src/run/executed.js';
import {header, inFolder, intent, opened, outcome, RUN, sealAll, T, text, writeSegment} from '../journal/sample.js';

const RETRY = {attempts: 5, statuses: [503], firstSeconds: 1, factor: 2, maxSeconds: 60, jitterSeconds: 0};

/** Which of nine rows may have been executed, by a journal of these records. */
function uncertain(records: readonly JournalRecord[]): Promise<number[]> {
  return inFolder(async (folder) => {
    await writeSegment(folder, text(sealAll([header(9), opened(T), ...records])));
    const sent = await readSent(folder, RUN, {rows: 9, retry: RETRY, resend: [500]});
    return Array.from({length: 9}, (_, index) => index + 1).filter(sent.mayHaveRun);
  });
}

const again = (op: number, by: 'user' | 'policy'): JournalRecord => ({t: 'd', op, as: 'retry', by, at: T});

describe('readSent', () => {
  for (const {name, records, may} of [
    {name: 'an answer that refuses', records: [outcome(1, T, 'failed', {st: 422})], may: false},
    {
      name: 'the last of several answers to be sent again after',
      records: [outcome(1, T, 'failed', {st: 503})],
      may: true,
    },
    {name: 'a 500 that a rule of the profile calls failed', records: [outcome(1, T, 'failed', {st: 501})], may: false},
    {
      name: 'an answer after which even others are sent again',
      records: [outcome(1, T, 'failed', {st: 500})],
      may: true,
    },
    {name: 'silence', records: [outcome(1, T, 'unk', {e: 'ECONNRESET'})], may: true},
    {
      name: 'silence, and sent again by policy, and refused then',
      records: [outcome(1, T, 'unk'), again(1, 'policy'), intent(1, T, 2), outcome(1, T, 'failed', {n: 2, st: 409})],
      may: true,
    },
    {
      name: 'silence, and a person who found that nothing was done',
      records: [outcome(1, T, 'unk'), again(1, 'user'), intent(1, T, 2), outcome(1, T, 'failed', {n: 2, st: 422})],
      may: false,
    },
    {
      name: 'a failure that a person sends again without having looked',
      records: [
        outcome(1, T, 'failed', {st: 503}),
        again(1, 'user'),
        intent(1, T, 2),
        outcome(1, T, 'failed', {n: 2, st: 422}),
      ],
      may: true,
    },
    {name: 'a backoff without an answer', records: [outcome(1, T, 'not', {e: 'backoff'})], may: true},
    {name: 'a refusal', records: [outcome(1, T, 'not', {e: 'refused', st: 429})], may: false},
    {name: 'one that never left', records: [outcome(1, T, 'not', {e: 'unsent'})], may: false},
    {name: 'a session that died', records: [opened(T), outcome(1, T, 'failed', {n: 0})], may: true},
  ] satisfies {name: string; records: JournalRecord[]; may: boolean}[])
    it(`${may ? 'doubts' : 'is certain'} after ${name}`, async () => {
      assert.deepEqual(await uncertain([intent(1, T), ...records]), may ? [1] : []);
    });

  it('tells whether a request is the last that was sent', () =>
    inFolder(async (folder) => {
      await writeSegment(folder, text(sealAll([header(9), opened(T), intent(1, T)])));
      const {differs} = await readSent(folder, RUN, {rows: 9, retry: RETRY, resend: []});
      assert.deepEqual([differs(1, '5feceb66'), differs(1, '5feceb67')], [false, true]);
    }));
});
