import {assert} from 'chai';
import {type Fault, type Played, play} from './play.js';

const SEEDS = 100;
/** So many seeds find what is broken on purpose, with room to spare. */
const SEEDS_TO_FIND = 40;

describe('a run whose power is cut, again and again', () => {
  const played: Played[] = [];

  it(`loses no row and repeats none that was not listed as in doubt, seeds 1 to ${SEEDS}`, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const one = await play(seed);
      assert.deepEqual(one.faults, [], `seed ${seed}; again: npm run test:power -- --seeds 1 --from ${seed}`);
      played.push(one);
    }
  });

  it('was cut at everything it does, and its journal was torn', () => {
    const at = new Set(played.flatMap(({cuts}) => cuts.map(({phase}) => phase)));
    assert.sameMembers([...at], ['creation', 'recovery', 'opening', 'sending', 'rotation', 'ending']);
    assert.isAbove(
      count(({torn}) => torn),
      5,
    );
    assert.isAbove(
      count(({executedTwice}) => executedTwice),
      5,
    );
    assert.isAbove(
      count(({damaged}) => (damaged?.verdict === 'refused' ? 1 : 0)),
      5,
    );
    assert.isAbove(
      count(({damaged}) => (damaged?.verdict === 'torn' ? 1 : 0)),
      5,
    );
  });

  for (const [fault, what] of [
    ['hasty', 'requests that leave before their intents are durable'],
    ['no-file-sync', 'a file that is not synced'],
    ['no-folder-sync', 'a folder that is not synced'],
  ] as const)
    it(`would find ${what}`, async () => assert.isTrue(await isFound(fault)));

  const count = (of: (one: Played) => number) => played.reduce((sum, one) => sum + of(one), 0);
});

async function isFound(fault: Fault): Promise<boolean> {
  for (let seed = 1; seed <= SEEDS_TO_FIND; seed++) if ((await play(seed, fault)).faults.length > 0) return true;
  return false;
}
