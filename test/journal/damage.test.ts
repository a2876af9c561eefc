import {join} from 'node:path';
import {assert} from 'chai';
import {readJournal} from '../../src/journal/replay.js';
import {EXIT} from '../../src/problem.js';
import {
  header,
  inFolder,
  intent,
  RUN,
  readBytes,
  refusal,
  sampleJournal,
  sealAll,
  T,
  text,
  writeSegment,
} from './sample.js';

const NAME = 'journal-000001.ndjson';
const {records, lines, whole, endOf} = sampleJournal(30);

describe('a damaged journal', () => {
  for (const {name, bytes, says} of [
    {
      name: 'more missing at the end than a crash can take',
      bytes: Buffer.concat([whole, Buffer.alloc(2 * 1024 * 1024)]),
      says: /2097152 bytes are more/,
    },
    {
      name: 'the same, with line ends',
      bytes: Buffer.concat([whole, Buffer.alloc(3 * 1024 * 1024, 'abc\n')]),
      says: /more than a crash/,
    },
    {name: 'an empty file', bytes: '', says: /is empty; rows may have been sent/},
    {name: 'CRLF line ends', bytes: text(lines).replaceAll('\n', '\r\n'), says: /lines end in CRLF/},
    {name: 'a byte order mark', bytes: `\uFEFF${text(lines)}`, says: /byte order mark/},
    {
      name: 'a reformatted file',
      bytes: text(lines.map((line) => JSON.stringify(JSON.parse(line), undefined, 1))),
      says: /no line of it can be read/,
    },
    {
      name: 'reordered members',
      bytes: text(lines.map((line) => JSON.stringify({t: 0, ...JSON.parse(line)}))),
      says: /header fails its checksum/,
    },
    {
      name: 'the journal of another run',
      bytes: text(sealAll([header(3, 'OTHER')], 'OTHER')),
      says: /journal of run "OTHER", expected 01JD/,
    },
    {
      name: 'a newer format',
      bytes: text(sealAll([{...header(3), fmt: 99}])),
      says: /written by a newer version \(format 99; this version reads 3\)/,
    },
    {
      name: 'a newer format with another seal',
      bytes: '{"t":"H","fmt":4,"run":"01JD2Q8Z7K0000000000000000"}\n',
      says: /newer version/,
    },
    {name: 'a format that never was', bytes: text(sealAll([{...header(3), fmt: 0}])), says: /has format 0, expected 3/},
    {name: 'a journal without its header', bytes: text(sealAll([intent(1, T)])), says: /begins with a record "i"/},
    {name: 'NULs throughout', bytes: Buffer.alloc(5000), says: /no line of it can be read/},
  ])
    it(`refuses ${name}`, () =>
      inFolder(async (folder) => {
        const problem = await refusal(readBytes(folder, bytes));
        assert.equal(problem.exit, EXIT.misfit);
        assert.match(problem.message, says);
        assert.include(problem.message, join(folder, NAME));
      }));

  describe('refuses a journal in whose middle', () => {
    const at = 20;
    const foreign = sealAll(records, 'OTHER')[at]!;
    for (const {name, changed, line} of [
      {name: 'a line is gone', changed: [...lines.slice(0, at), ...lines.slice(at + 1)], line: at + 1},
      {name: 'a line stands twice', changed: [...lines.slice(0, at), lines[at - 1]!, ...lines.slice(at)], line: at + 1},
      {
        name: 'two lines are swapped',
        changed: [...lines.slice(0, at), lines[at + 1]!, lines[at]!, ...lines.slice(at + 2)],
        line: at + 1,
      },
      {name: 'a line is another run’s', changed: lines.with(at, foreign), line: at + 1},
      {name: 'a line is empty', changed: [...lines.slice(0, at), '', ...lines.slice(at)], line: at + 1},
      {name: 'one line has a CR', changed: lines.with(at, `${lines[at]}\r`), line: at + 1},
    ])
      it(name, () =>
        inFolder(async (folder) => {
          const problem = await refusal(readBytes(folder, text(changed)));
          assert.deepEqual([problem.code, problem.exit], ['JOURNAL_CORRUPT', EXIT.misfit]);
          assert.deepEqual(problem.at, {file: join(folder, NAME), line});
          assert.include(problem.message, `byte ${endOf[at - 1]}`);
        }),
      );
  });

  it('refuses a run folder without a journal', () =>
    inFolder(async (folder) => {
      const problem = await refusal(readJournal(folder, RUN, () => {}));
      assert.deepEqual([problem.code, problem.exit], ['JOURNAL_MISSING', EXIT.misfit]);
      assert.match(problem.message, /journal missing .*; rows may have been sent/);
    }));

  it('refuses a folder that is not there', async () => {
    const problem = await refusal(readJournal('/nowhere/users.run', RUN, () => {}));
    assert.deepEqual([problem.code, problem.exit], ['JOURNAL_UNREADABLE', EXIT.noInput]);
  });

  it('passes on what its visitor throws', () =>
    inFolder(async (folder) => {
      await writeSegment(folder, whole);
      const mine = new TypeError('mine');
      const thrown = await readJournal(folder, RUN, () => {
        throw mine;
      }).catch((error) => error);
      assert.equal(thrown, mine);
    }));
});
