import {assert} from 'chai';
import fc from 'fast-check';
import {pickRecord} from '../../src/journal/pick.js';
import type {JournalRecord} from '../../src/journal/record.js';
import {checkSeal, openLine, sealLine, seedOf} from '../../src/journal/seal.js';
import {header, intent, outcome, RUN, T} from './sample.js';

const seed = seedOf(RUN);
const line = Buffer.from(sealLine(outcome(7, T, 'failed', {st: 422, m: 'näive "quote" \\ 😀'}), 12, 9, seed));

describe('sealLine', () => {
  it('puts number and watermark first and the seal last, without a space', () => {
    assert.match(
      sealLine(intent(1, T), 3, 2, seed),
      /^\{"s":3,"d":2,"t":"i","op":1,"n":1,"l":0,"h":"5feceb66","at":1763780000000,"c":"[0-9a-f]{8}"\}$/,
    );
  });

  it('makes the lines that the format promises', () => {
    const published = '{"s":2,"d":1,"t":"i","op":1,"n":1,"l":0,"h":"5feceb66","at":1763780000123,"c":"f9890450"}';
    assert.equal(sealLine(intent(1, 1763780000123), 2, 1, seedOf('01JD2Q8Z7K')), published);
  });

  it('keeps every line on one line, whatever the text', () => {
    assert.notInclude(sealLine(outcome(1, T, 'failed', {m: 'a\r\nb\u2028c'}), 1, 0, seed), '\n');
  });
});

describe('openLine', () => {
  it('gives back record, number and watermark', () => {
    const record = outcome(7, T, 'failed', {st: 422, m: 'näive "quote" \\ 😀'});
    assert.deepEqual(openLine(line, seed), {record, s: 12, d: 9});
  });

  it('finds every flipped bit', () => {
    for (let bit = 0; bit < line.length * 8; bit++) {
      const flipped = Buffer.from(line);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      assert.isUndefined(openLine(flipped, seed), `bit ${bit}`);
    }
  });

  it('finds every missing byte and every byte too many', () => {
    for (let at = 0; at <= line.length; at++) {
      if (at < line.length)
        assert.isUndefined(openLine(Buffer.concat([line.subarray(0, at), line.subarray(at + 1)]), seed));
      assert.isUndefined(openLine(Buffer.concat([line.subarray(0, at), Buffer.from('0'), line.subarray(at)]), seed));
    }
  });

  it('refuses the line of another run', () => {
    assert.isUndefined(openLine(line, seedOf('01JD2Q8Z7K0000000000000001')));
  });

  it('refuses what is too short to be a line', () => {
    for (const short of ['', '{', ',"c":"00000000"}', '{"c":"00000000"}'])
      assert.isUndefined(openLine(Buffer.from(short), seed));
  });
});

describe('pickRecord', () => {
  const pick = (record: JournalRecord) => {
    const bytes = Buffer.from(`....${sealLine(record, 5, 4, seed)}\n`);
    const seal = checkSeal(bytes, 4, bytes.length - 1, seed);
    return pickRecord(bytes, 4, bytes.length - 1, seal!.type);
  };

  const text = fc.oneof(fc.string(), fc.constantFrom('refused', ',"e":"refused"', '","e":"refused', '"', '\\', 'a"b'));
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, {nil: undefined});
  const outcomes = fc
    .record({
      op: fc.nat(20_000_000),
      n: fc.nat(99),
      k: fc.constantFrom('ok', 'failed', 'not', 'unk', 'skipped'),
      at: fc.oneof(fc.nat(), fc.constantFrom(T, T + 0.25, T + 0.1234)),
      st: optional(fc.nat(599)),
      ms: optional(fc.nat()),
      e: optional(text),
      m: optional(text),
      b: optional(text),
    })
    .map((fields) => JSON.parse(JSON.stringify({t: 'o', ...fields})) as Extract<JournalRecord, {t: 'o'}>);

  it('agrees with the parsed outcome in everything a fold over states asks for', () => {
    fc.assert(
      fc.property(outcomes, (record) => {
        const picked = pick(record) as Extract<JournalRecord, {t: 'o'}>;
        const asked = ({t, op, n, k, at, st, e}: typeof record) => ({
          t,
          op,
          n,
          k,
          at,
          st,
          e: k === 'not' ? e : undefined,
        });
        assert.deepEqual(asked(picked), asked(record));
      }),
      {numRuns: 2000},
    );
  });

  it('gives intents whole', () => {
    for (const at of [0, T, T + 0.5, -1, 1e21])
      assert.deepEqual(pick(intent(20_000_000, at, 12)), intent(20_000_000, at, 12));
  });

  it('reads fields in another order all the same', () => {
    const shuffled = {t: 'o', at: T, k: 'not', e: 'refused', n: 1, op: 3} as unknown as JournalRecord;
    assert.deepEqual(pick(shuffled), shuffled);
  });

  it('gives every other record whole', () => {
    assert.deepEqual(pick(header(3)), header(3));
  });
});
