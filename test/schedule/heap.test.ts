import {assert} from 'chai';
import fc from 'fast-check';
import {Heap} from '../../src/schedule/heap.js';

describe('Heap', () => {
  it('gives back in order whatever was put in, in any mixture of pushes and pops', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer())), (steps) => {
        const heap = new Heap<number>((one, other) => one < other);
        const judge: number[] = [];
        for (const step of steps) {
          if (step === null) assert.equal(heap.pop(), judge.shift());
          else {
            heap.push(step);
            judge.push(step);
            judge.sort((one, other) => one - other);
          }
          assert.deepEqual([heap.top, heap.size], [judge[0], judge.length]);
        }
      }),
    );
  });
});
