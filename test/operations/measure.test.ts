import {readdirSync} from 'node:fs';
import {assert} from 'chai';
import {measureInput} from '../../src/operations/measure.js';
import {readRows} from '../../src/operations/read.js';
import {closeInput, digestInput, openInput} from '../../src/operations/source.js';
import {Problem} from '../../src/problem.js';

const FIXTURES = 'fixtures/operations';

describe('measureInput', () => {
  it('counts the records that reading them finds, with the digest and the length of the whole', async () => {
    let measured = 0;
    for (const file of readdirSync(FIXTURES)) {
      const input = await openInput(`${FIXTURES}/${file}`).catch((error: unknown) => {
        assert.instanceOf(error, Problem);
      });
      if (!input) continue;
      let rows = 0;
      for await (const _ of readRows(input)) rows += 1;
      assert.deepEqual(await measureInput(input), {...(await digestInput(input)), rows}, file);
      await closeInput(input);
      measured += 1;
    }
    assert.isAbove(measured, 30);
  });
});
