import {assert} from 'chai';
import {LosslessNumber} from 'lossless-json';
import {ARITHMETIC} from '../../src/requests/filters.js';
import {assertProblem, requestOf} from './sample.js';

const filled = (expression: string, x: unknown) => requestOf({body: `{"x": {{ x | ${expression} }}}`}, {x}).body;

describe('a date filter', () => {
  for (const [value, instant] of [
    ['2026-03-29', '2026-03-29 00:00:00'],
    [' 2026-03-29 01:30 ', '2026-03-29 01:30:00'],
    ['2026-03-29T01:30:59.999Z', '2026-03-29 01:30:59'],
    ['2026-03-29t01:30:00z', '2026-03-29 01:30:00'],
    ['2026-03-29T01:30:00-0530', '2026-03-29 07:00:00'],
    ['2024-02-29', '2024-02-29 00:00:00'],
    ['1774742400', '2026-03-29 00:00:00'],
    [1774742400, '2026-03-29 00:00:00'],
    [new LosslessNumber('1774742400.5'), '2026-03-29 00:00:00'],
  ] as const)
    it(`reads ${JSON.stringify(value)}, wherever the machine stands`, () => {
      assert.equal(filled('date: "%Y-%m-%d %H:%M:%S"', value), `{"x": "${instant}"}`);
    });

  for (const value of [
    '29.03.2026',
    '03/04/2026',
    '20260329',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-03-29T25:00Z',
    '1774742400000',
    'tomorrow',
    'now',
    'today',
    ' ',
    true,
    {},
  ])
    it(`refuses ${JSON.stringify(value)}`, () => {
      for (const filter of ['date: "%s"', 'date_to_xmlschema', 'date_to_string'])
        assertProblem(() => filled(filter, value), 'BODY_INVALID', 65, 'row 88');
    });

  it('leaves nothing as nothing', () => {
    assert.equal(filled('date: "%s"', ''), '{"x": ""}');
    assert.equal(filled('date: "%s"', null), '{"x": null}');
  });
});

describe('an arithmetic filter', () => {
  it('computes with numbers, and text that is one', () => {
    assert.equal(filled('times: 100 | round', '19.99'), '{"x": 1999}');
    assert.equal(filled('plus: 0.25', 1.5), '{"x": 1.75}');
    assert.equal(filled('divided_by: 4 | ceil', new LosslessNumber('10')), '{"x": 3}');
    assert.equal(filled('minus: 9007199254740991', '9007199254740991'), '{"x": 0}');
  });

  for (const name of ARITHMETIC)
    it(`${name} refuses what is no number, and what it cannot hold`, () => {
      const filter = ['abs', 'ceil', 'floor', 'round'].includes(name) ? name : `${name}: 2`;
      for (const value of [
        '',
        ' ',
        'abc',
        '1,5',
        '0x10',
        null,
        true,
        [1],
        '9007199254740993',
        new LosslessNumber('12345678901234567890'),
      ])
        assertProblem(() => filled(filter, value), 'BODY_INVALID', 65, 'row 88');
      assert.match(filled(filter, '7') ?? '', /^\{"x": \d/);
    });

  it('leaves out what is optional', () => assert.equal(filled('optional | plus: 1', ''), '{}'));
});

describe('nil in an expression', () => {
  it('is null, not an object', () => {
    assert.equal(filled('default: nil', ''), '{"x": null}');
    assert.equal(requestOf({body: '{"x": {{ nil }}, "y": "{{ nil }}"}'}, {}).body, '{"x": null, "y": ""}');
  });
});
