import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {readJournal, recover} from '../../src/journal/replay.js';
import {sealLine, seedOf} from '../../src/journal/seal.js';
import {EXIT, Problem} from '../../src/problem.js';
import {
  type Found,
  header,
  inFolder,
  intent,
  RUN,
  readBytes,
  refusal,
  sampleJournal,
  T,
  text,
  writeSegment,
} from './sample.js';

const NAME = 'journal-000001.ndjson';
const {records, lines, whole, endOf} = sampleJournal(30);
/** The lines of the last group: the writer never said that these were durable. */
const lastGroup = lines.length - 2;

describe('readJournal', () => {
  it('gives every record of a whole journal, in order', () =>
    inFolder(async (folder) => {
      assert.deepEqual(await readBytes(folder, whole), {verdict: 'clean', records, cutBytes: 0});
    }));

  it('survives a cut at every byte: whole records before it, nothing after', () =>
    inFolder(async (folder) => {
      for (let cut = endOf[0]!; cut < whole.length; cut++) {
        const kept = endOf.filter((end) => end <= cut).length;
        const cutBytes = cut - endOf[kept - 1]!;
        const expected = {verdict: cutBytes === 0 ? 'clean' : 'torn', records: records.slice(0, kept), cutBytes};
        assert.deepEqual(await readBytes(folder, whole.subarray(0, cut)), expected as Found, `cut at ${cut}`);
      }
      for (let cut = 0; cut < endOf[0]!; cut += 5)
        assert.equal((await refusal(readBytes(folder, whole.subarray(0, cut)))).exit, EXIT.misfit, `cut at ${cut}`);
    }));

  it('finds a change in every byte: refused, or no more than the last group cut', () =>
    inFolder(async (folder) => {
      const short = records.slice(0, 22);
      const bytes = whole.subarray(0, endOf[short.length - 1]);
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1 << (at % 8);
        const found = await readBytes(folder, changed);
        if (found instanceof Problem) assert.equal(found.exit, EXIT.misfit);
        else {
          const kept = endOf.filter((end) => end <= at).length;
          assert.deepInclude(found, {verdict: 'torn', records: records.slice(0, kept)}, `byte ${at}`);
          assert.isAtLeast(kept, short.length - 2, `byte ${at}`);
        }
      }
    }));

  for (const {name, tail} of [
    {name: 'NULs', tail: Buffer.alloc(4096)},
    {name: 'noise', tail: Buffer.from(Array.from({length: 500}, (_, index) => (index * 197 + 31) & 255))},
    {name: 'an empty line', tail: Buffer.from('\n')},
    {name: 'a line of another run', tail: Buffer.from(`${sealLine(intent(9, T), 63, 0, seedOf('other'))}\n`)},
    {name: 'its last line once more', tail: Buffer.from(`${lines.at(-1)}\n`)},
    {name: 'almost 1 MiB of NULs', tail: Buffer.alloc(1024 * 1024 - 1)},
  ])
    it(`cuts ${name} off the end`, () =>
      inFolder(async (folder) => {
        assert.deepEqual(await readBytes(folder, Buffer.concat([whole, tail])), {
          verdict: 'torn',
          records,
          cutBytes: tail.length,
        });
      }));

  it('finds NULs in place of the end, wherever they begin in the last group', () =>
    inFolder(async (folder) => {
      for (let from = endOf[lastGroup - 1]!; from < whole.length; from++) {
        const found = await readBytes(
          folder,
          Buffer.concat([whole.subarray(0, from), Buffer.alloc(whole.length - from)]),
        );
        assert.deepInclude(found, {
          verdict: 'torn',
          records: records.slice(0, endOf.filter((end) => end <= from).length),
        });
      }
    }));
});

describe('a journal of several files', () => {
  const seed = seedOf(RUN);
  const next = sealLine({t: 'next', file: 'journal-000002.ndjson'}, 3, 2, seed);
  const prev = sealLine({t: 'prev', file: NAME, seq: 3}, 4, 2, seed);
  const begin = [sealLine(header(9), 1, 0, seed), sealLine(intent(1, T), 2, 1, seed)];
  const rest = [sealLine(intent(2, T), 5, 4, seed), sealLine(intent(3, T), 6, 5, seed)];

  const write = async (folder: string, first: string[], second?: string[], third?: string[]) => {
    await writeSegment(folder, text(first));
    if (second) await writeSegment(folder, text(second), 2);
    if (third) await writeSegment(folder, text(third), 3);
  };

  it('reads as one, and goes on in the last', () =>
    inFolder(async (folder) => {
      await write(folder, [...begin, next], [prev, ...rest]);
      const rows: unknown[] = [];
      const found = await readJournal(folder, RUN, (record) => rows.push(record.t === 'i' ? record.op : record.t));
      assert.deepEqual(rows, ['H', 1, 2, 3]);
      assert.deepInclude(found, {
        verdict: 'clean',
        segment: 2,
        lastSeq: 6,
        lines: 6,
        size: Buffer.byteLength(text([prev, ...rest])),
      });
    }));

  it('is cut in the last file alone', () =>
    inFolder(async (folder) => {
      await write(folder, [...begin, next], [prev, rest[0]!, rest[1]!.slice(0, 40)]);
      const {segment, cutBytes, size} = await recover(folder, {run: RUN, now: T});
      assert.deepEqual([segment, cutBytes, size], [2, 41, Buffer.byteLength(text([prev, rest[0]!]))]);
      assert.equal(await readFile(join(folder, NAME), 'utf8'), text([...begin, next]));
    }));

  it('goes on in the old file when the new one was begun and no more', () =>
    inFolder(async (folder) => {
      for (const second of [[prev], [prev.slice(0, 30)], []]) {
        await write(folder, [...begin, next.slice(0, 20)], second);
        const {segment, lastSeq} = await recover(folder, {run: RUN, now: T});
        assert.deepEqual([segment, lastSeq], [1, 2]);
        assert.notInclude(await readdir(folder), 'journal-000002.ndjson');
      }
    }));

  for (const {name, first, second, third, code, says} of [
    {name: 'the next file is gone', first: [...begin, next], code: 'JOURNAL_MISSING', says: /journal-000002/},
    {
      name: 'a file in between is gone',
      first: [...begin, next],
      third: [prev],
      code: 'JOURNAL_MISSING',
      says: /journal-000002/,
    },
    {
      name: 'the next file begins with something else',
      first: [...begin, next],
      second: rest,
      code: 'JOURNAL_CORRUPT',
      says: /its first line/,
    },
    {
      name: 'the next file is empty',
      first: [...begin, next],
      second: [],
      code: 'JOURNAL_CORRUPT',
      says: /its first line/,
    },
    {
      name: 'the end of the first file is gone',
      first: begin,
      second: [prev, ...rest],
      code: 'JOURNAL_CORRUPT',
      says: /goes on without it/,
    },
    {
      name: 'more follows the end of the first file',
      first: [...begin, next, rest[0]!],
      second: [prev],
      code: 'JOURNAL_CORRUPT',
      says: /more follows/,
    },
  ] as {name: string; first: string[]; second?: string[]; third?: string[]; code: string; says: RegExp}[])
    it(`is refused when ${name}`, () =>
      inFolder(async (folder) => {
        await write(folder, first, second, third);
        const problem = await refusal(recover(folder, {run: RUN, now: T}));
        assert.equal(problem.code, code);
        assert.match(problem.message, says);
      }));
});
