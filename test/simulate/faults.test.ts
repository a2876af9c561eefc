import {assert} from 'chai';
import {Problem} from '../../src/problem.js';
import {hitFault, parseFaults} from '../../src/simulate/faults.js';
import {seededRandom} from '../../src/simulate/random.js';

describe('parseFaults', () => {
  it('reads kinds, statuses, parts and switches', () => {
    assert.deepEqual(
      parseFaults('500=2%, 503-after=0.5%,reset-before=1%,reset-after=1%,hang=3%,hang-after=1%,refuse=1%,cut=1%'),
      {
        list: [
          {name: '500', part: 0.02, kind: 'status', status: 500, executed: false},
          {name: '503-after', part: 0.005, kind: 'status', status: 503, executed: true},
          {name: 'reset-before', part: 0.01, kind: 'reset', executed: false},
          {name: 'reset-after', part: 0.01, kind: 'reset', executed: true},
          {name: 'hang', part: 0.03, kind: 'hang', executed: false},
          {name: 'hang-after', part: 0.01, kind: 'hang', executed: true},
          {name: 'refuse', part: 0.01, kind: 'refuse', executed: false},
          {name: 'cut', part: 0.01, kind: 'cut', executed: true},
        ],
        headers: true,
        retryAfter: false,
      },
    );
    assert.deepEqual(parseFaults('no-headers,retry-after'), {list: [], headers: false, retryAfter: true});
    assert.deepEqual(parseFaults(''), {list: [], headers: true, retryAfter: false});
  });

  for (const {text, says} of [
    {text: '500', says: '"500" is not a fault, expected one like 500=2%'},
    {text: '500=2', says: '"500=2" is not a fault'},
    {text: 'reset-befor=2%', says: '"reset-befor" is not a fault'},
    {text: '200=2%', says: '"200" is not a fault'},
    {text: '500=101%', says: 'more than 100 %'},
    {text: '500=60%,503=60%', says: 'add up to 120 %'},
    {text: '500=-1%', says: 'is not a fault'},
  ])
    it(`refuses ${text} with exit 2`, () => {
      try {
        parseFaults(text);
      } catch (error) {
        assert.instanceOf(error, Problem);
        assert.equal((error as Problem).exit, 2);
        assert.include((error as Problem).message, says);
        return;
      }
      assert.fail('was accepted');
    });
});

describe('hitFault', () => {
  const faults = parseFaults('500=10%,refuse=20%');
  for (const [roll, name] of [
    [0, '500'],
    [0.0999, '500'],
    [0.1, 'refuse'],
    [0.2999, 'refuse'],
    [0.3001, undefined],
    [0.9999, undefined],
  ] as const)
    it(`a roll of ${roll} is ${name ?? 'no fault'}`, () => assert.equal(hitFault(faults, roll)?.name, name));
});

describe('seededRandom', () => {
  it('is the same for the same seed, another for another, and even', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({length: 10_000}, random);
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    const numbers = draw(7);
    assert.isTrue(numbers.every((number) => number >= 0 && number < 1));
    assert.approximately(numbers.reduce((sum, number) => sum + number, 0) / 10_000, 0.5, 0.02);
  });
});
