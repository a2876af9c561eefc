import {assert} from 'chai';
import {Slices} from '../../src/schedule/slices.js';

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

describe('slices', () => {
  it('keep every amount, however long the time becomes', () => {
    const slices = new Slices();
    const series = slices.open();
    for (let ms = 0; ms < 100_000; ms += 10) slices.add(series, ms, 1);
    assert.equal(slices.sliceMs, 256);
    const read = slices.read(series, 391);
    assert.equal(sum(read), 10_000);
    assert.deepEqual(read.slice(0, 2), [26, 26]);
  });

  it('spread an amount evenly, also over parts of slices', () => {
    const slices = new Slices();
    const series = slices.open();
    slices.spread(series, 0.5, 2.5, 4);
    assert.deepEqual(slices.read(series, 4), [1, 2, 1, 0]);
  });

  it('repeat a turn with its shape, where it is longer than a slice', () => {
    const slices = new Slices();
    const series = slices.open();
    slices.add(series, 10, 100);
    slices.repeat(100, 100, 4);
    const read = slices.read(series, 500);
    assert.closeTo(sum(read), 500, 1e-6);
    for (const ms of [10, 110, 210, 310, 410]) assert.closeTo(read[ms]!, 100, 1e-6);
  });

  it('repeat a turn evenly, where it is not', () => {
    const slices = new Slices();
    const series = slices.open();
    slices.add(series, 10, 100);
    slices.repeat(100, 100, 1_000_000);
    const count = Math.ceil(100_000_100 / slices.sliceMs);
    const read = slices.read(series, count);
    assert.closeTo(sum(read), 100_000_100, 1);
    for (const amount of read.slice(1, -1)) assert.closeTo(amount, slices.sliceMs, 1);
  });

  it('repeat every series, and nothing from before the turn', () => {
    const slices = new Slices();
    const [one, other] = [slices.open(), slices.open()];
    slices.add(one, 3, 7);
    slices.add(other, 15, 2);
    slices.repeat(20, 10, 3);
    assert.closeTo(sum(slices.read(one, 60)), 7, 1e-9);
    assert.closeTo(sum(slices.read(other, 60)), 8, 1e-9);
  });
});
