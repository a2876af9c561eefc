import {mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {Scratch} from '../../src/report/scratch.js';

describe('Scratch', () => {
  let folder: string;
  let scratch: Scratch;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-scratch-'));
    scratch = new Scratch(folder);
  });
  afterEach(() => {
    scratch.close();
    rmSync(folder, {recursive: true, force: true});
  });

  it('gives back every text, written or still held, short or longer than what it holds', () => {
    const texts = [1, 250_000, 3, 20_000, 400_000, 5, 262_144, 0, 9].map((length, index) =>
      `${index}é`.padEnd(length, '·'),
    );
    const stretches = texts.map((text) => scratch.add(text));
    assert.deepEqual(
      stretches.map((stretch) => scratch.read(stretch)),
      texts,
    );
  });

  it('leaves nothing behind', () => {
    const other = mkdtempSync(join(folder, 'other-'));
    const short = new Scratch(other);
    short.add('a');
    short.close();
    assert.deepEqual(readdirSync(other), []);
  });
});
