import {assert} from 'chai';
import fc from 'fast-check';
import {readBodyWait} from '../../src/limits/body-wait.js';

const t = Date.UTC(2024, 6, 22, 6, 22, 0);
const arrival = {receivedAt: t, clock: undefined};

describe('readBodyWait', () => {
  for (const [name, body, ms] of [
    [
      '62 a member, a fraction of seconds (Discord)',
      '{"message":"rate limited","retry_after":64.57,"global":false}',
      64_570,
    ],
    ['62 a member in camel case (Salesforce)', '{"errorcode":50200,"retryAfter":5}', 5000],
    ['62 a sentence (Visma)', '{"ErrorMessage":"Too many requests. Try again in 55 seconds."}', 55_000],
    ['62 a date (Akamai)', 'Rate limit exceeded, try after 2024-07-22T06:23:37.255Z', 97_255],
    ['milliseconds by the name', '{"retry_after_ms": 1500}', 1500],
    ['a number in quotes', '{"retry-after":"30"}', 30_000],
    ['a duration in quotes', '{"retryAfter":"1m30s"}', 90_000],
    ['minutes', 'Please retry after 5 minutes', 300_000],
    ['an hour', 'wait 1 hour before trying again', 3_600_000],
    ['the member before the sentence', '{"message":"try again in 9 seconds","retry_after":3}', 3000],
    ['nothing of a cost (Shopify)', '{"extensions":{"cost":{"throttleStatus":{"restoreRate":50}}}}', undefined],
    ['nothing', '', undefined],
    ['nothing of a wait below zero', '{"retry_after":-5}', undefined],
    ['nothing of a number without a unit', 'try again in 5 or more', undefined],
    ['nothing of another number', '{"attempts":5,"limit":"10 per second"}', undefined],
    ['nothing of more than a day', '{"retry_after":864000}', undefined],
  ] as const)
    it(`reads ${name}`, () => {
      const at = readBodyWait(body, arrival);
      assert.equal(at === undefined ? undefined : at - t, ms);
    });

  it('never throws, is never before the arrival, and is quick', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(again |try |in |after |retry_after":|[\d. "-]){0,40}$/));
    fc.assert(
      fc.property(text, (body) => {
        const at = readBodyWait(body, arrival);
        assert.isTrue(at === undefined || at >= t);
      }),
    );
    const began = process.cpuUsage().user;
    for (const part of ['again ', 'retry after ', '"retry_after":', '1', '"a'])
      readBodyWait(part.repeat(100_000), arrival);
    assert.isBelow(process.cpuUsage().user - began, 1_000_000);
  });
});
