import {readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {assert} from 'chai';
import {type Turn, takeTurn, type Waiting} from '../../src/budgets/turn.js';
import {inFolder} from '../support/program.js';

const HOLDER = {run: 'r-1', folder: 'users.run', pid: 4711};

/** Stands in line; resolves with the turn, and keeps what it was told meanwhile. */
function standInLine(folder: string, signal = new AbortController().signal) {
  const told: Waiting[] = [];
  let first = () => {};
  const waits = new Promise<void>((resolve) => {
    first = resolve;
  });
  const turn = takeTurn(folder, {
    onWait: (waiting) => {
      told.push(waiting);
      first();
    },
    signal,
  });
  return {told, waits, turn};
}

/** The folder of a budget: its name is held on the whole machine, so each test has its own. */
const inBudget = (use: (folder: string) => Promise<void>) => inFolder({}, use);

async function turnOf(folder: string): Promise<Turn> {
  const turn = await standInLine(folder).turn;
  assert.isDefined(turn);
  return turn;
}

describe('takeTurn', () => {
  it('waits for nobody where nobody is', () =>
    inBudget(async (folder) => {
      const {told, turn} = standInLine(folder);
      await (await turn)?.release();
      assert.isEmpty(told);
      assert.isEmpty(await readdir(join(folder, 'line')));
    }));

  it('lets one after the other in, in order of arrival', () =>
    inBudget(async (folder) => {
      const order: number[] = [];
      const first = await turnOf(folder);
      const others = [];
      for (const place of [1, 2, 3]) {
        const one = standInLine(folder);
        await one.waits;
        others.push(
          one.turn.then(async (turn) => {
            order.push(place);
            await turn?.release();
          }),
        );
      }
      await first.release();
      await Promise.all(others);
      assert.deepEqual(order, [1, 2, 3]);
    }));

  it('lets no two in at a time, however many come at once', () =>
    inBudget(async (folder) => {
      let inside = 0;
      let most = 0;
      await Promise.all(
        Array.from({length: 6}, async () => {
          const turn = await turnOf(folder);
          most = Math.max(most, ++inside);
          await Promise.resolve();
          inside -= 1;
          await turn.release();
        }),
      );
      assert.equal(most, 1);
    }));

  it('says who has the turn, until when, and how many come before', () =>
    inBudget(async (folder) => {
      const first = await turnOf(folder);
      await first.tell({...HOLDER, until: 99});
      const second = standInLine(folder);
      await second.waits;
      const third = standInLine(folder);
      await third.waits;
      assert.deepEqual(second.told[0], {holder: {...HOLDER, until: 99}, ahead: 0});
      assert.deepEqual(third.told[0], {holder: {...HOLDER, until: 99}, ahead: 1});
      await first.release();
      await (await second.turn)?.release();
      await (await third.turn)?.release();
    }));

  it('leaves nothing of a holder that has gone', () =>
    inBudget(async (folder) => {
      const turn = await turnOf(folder);
      void turn.tell(HOLDER);
      await turn.release();
      assert.deepEqual(await readdir(folder), ['line']);
      await writeFile(join(folder, 'holder.json'), JSON.stringify(HOLDER));
      const next = await turnOf(folder);
      assert.deepEqual(await readdir(folder), ['line']);
      await next.release();
    }));

  // What a killed process leaves in the line: a file, and nobody who holds its name.
  it('passes over those in line that are dead, and clears them away', () =>
    inBudget(async (folder) => {
      await (await turnOf(folder)).release();
      for (const name of ['000000000000001-1-aaaaaa', '000000000000002-1-bbbbbb'])
        await writeFile(join(folder, 'line', name), '');
      const {told, turn} = standInLine(folder);
      await (await turn)?.release();
      assert.isEmpty(told);
      assert.isEmpty(await readdir(join(folder, 'line')));
    }));

  it('ends the waiting at a signal, and gives its place back', () =>
    inBudget(async (folder) => {
      const first = await turnOf(folder);
      const ending = new AbortController();
      const second = standInLine(folder, ending.signal);
      await second.waits;
      ending.abort();
      assert.isUndefined(await second.turn);
      assert.isEmpty(await readdir(join(folder, 'line')));
      await first.release();
    }));

  it('ends the waiting when whoever is told throws', () =>
    inBudget(async (folder) => {
      const first = await turnOf(folder);
      await first.tell(HOLDER);
      const refused = takeTurn(folder, {
        onWait: () => {
          throw new Error('no patience');
        },
        signal: new AbortController().signal,
      });
      assert.equal(await refused.catch(({message}) => message), 'no patience');
      assert.isEmpty(await readdir(join(folder, 'line')));
      assert.include(await readFile(join(folder, 'holder.json'), 'utf8'), HOLDER.folder);
      await first.release();
    }));
});
