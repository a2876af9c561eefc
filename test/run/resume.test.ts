import {writeFileSync} from 'node:fs';
import {assert} from 'chai';
import {now} from '../../src/clock.js';
import {openPlace, type Place, rejection} from './real-run.js';

describe('resumeRun', () => {
  let place: Place;
  afterEach(() => place.close());

  it('sends what is left, and nothing twice', async () => {
    place = await openPlace({rows: 6});
    await place.begin({rows: [[1, 2]]});
    const {ending} = await place.resume();
    assert.deepInclude(ending, {exit: 0, why: 'complete'});
    assert.deepInclude(ending.counts, {ok: 6, attempts: 6});
    assert.sameMembers(
      place.heard.map(({row}) => row),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it('has nothing to do where all is settled', async () => {
    place = await openPlace();
    await place.begin();
    const {ending} = await place.resume();
    assert.deepInclude(ending, {exit: 0, why: 'complete'});
    assert.lengthOf(place.heard, 3);
  });

  it('refuses another input, having sent nothing', async () => {
    place = await openPlace();
    await place.begin({rows: [[1, 1]]});
    writeFileSync(place.file, 'n\n1\n2\n4\n');
    assert.deepInclude(await rejection(place.resume()), {code: 'INPUT_CHANGED', exit: 65});
    assert.lengthOf(place.heard, 1);
  });

  it('refuses another credential, unless it is said to be the same account', async () => {
    place = await openPlace();
    await place.begin({rows: [[1, 1]]});
    assert.deepInclude(await rejection(place.resume({token: 't-2'})), {code: 'CREDENTIAL_OTHER', exit: 77});
    assert.lengthOf(place.heard, 1);
    const {ending} = await place.resume({token: 't-2', acceptCredential: true});
    assert.equal(ending.exit, 0);
    assert.deepEqual(
      place.heard.map(({token}) => token),
      ['t-1', 't-2', 't-2'],
    );
  });

  it('sends the rows again that were told 401 when the credential was at fault', async () => {
    place = await openPlace({rows: 6});
    place.answer = ({token}) => ({status: token === 't-2' ? 201 : 401});
    const first = await place.begin();
    assert.deepInclude(first.ending, {exit: 77, why: 'unauthorized'});
    assert.deepInclude(first.ending.counts, {failed: 0, pending: 6});
    const {ending} = await place.resume({token: 't-2', acceptCredential: true});
    assert.deepInclude(ending.counts, {ok: 6, pending: 0});
  });

  it('holds what is in doubt, and sends it again where that is asked', async () => {
    place = await openPlace();
    place.answer = ({row, n}) => (row === 2 && n === 0 ? undefined : {status: 201});
    assert.deepInclude((await place.begin()).ending, {exit: 3});
    assert.deepInclude((await place.resume()).ending, {exit: 3});
    assert.lengthOf(place.heard, 3);
    const {ending} = await place.resume({options: {inDoubt: 'retry'}});
    assert.deepInclude(ending, {exit: 0});
    assert.lengthOf(place.heard, 4);
  });

  // Its answer was lost, and the resumed run took the 404 for a failure: as if it had never been deleted by us.
  it('takes the 404 of a DELETE for its own work where an earlier session may have done it', async () => {
    place = await openPlace({request: 'DELETE /users/{{ n }}'});
    place.answer = ({row, n}) => (row !== 2 ? {status: 204} : n === 0 ? undefined : {status: 404});
    await place.begin({options: {maxAttempts: 1}});
    const {ending} = await place.resume({options: {inDoubt: 'retry'}});
    assert.deepInclude(ending.counts, {ok: 3, failed: 0});
  });

  it('takes it for what it is where no attempt came before', async () => {
    place = await openPlace({request: 'DELETE /users/{{ n }}'});
    place.answer = ({row}) => ({status: row === 2 ? 404 : 204});
    await place.begin({rows: [[1, 1]]});
    assert.deepInclude((await place.resume()).ending.counts, {ok: 2, failed: 1});
  });

  it('sends the same idempotency key again, and another for every row', async () => {
    place = await openPlace({profile: 'idempotencyKey: {header: Idempotency-Key, hours: 24}'});
    place.answer = ({row, n}) => (row === 2 && n === 0 ? undefined : {status: 201});
    await place.begin({options: {maxAttempts: 1}});
    await place.resume({options: {inDoubt: 'retry'}});
    const keys = place.heard.map(({row, headers}) => `${row} ${headers['idempotency-key']}`);
    assert.lengthOf(keys, 4);
    assert.lengthOf(new Set(keys), 3);
    assert.lengthOf(new Set(keys.map((key) => key.slice(2))), 3);
  });

  it('sends failed rows again only where that is asked', async () => {
    place = await openPlace();
    place.answer = ({row, n}) => ({status: row === 3 && n === 0 ? 422 : 201});
    assert.equal((await place.begin()).ending.exit, 1);
    assert.equal((await place.resume()).ending.exit, 1);
    const {ending} = await place.resume({retryFailed: true});
    assert.deepInclude(ending.counts, {ok: 3, failed: 0});
  });

  it('heeds a pause that was ordered before it was stopped, and stops again where that is too long', async () => {
    place = await openPlace({rows: 4});
    place.answer = () => ({status: 429, headers: {'retry-after': '3600'}});
    const first = await place.begin();
    assert.deepInclude(first.ending, {exit: 4, why: 'wait-too-long'});
    const sent = place.heard.length;
    const {ending} = await place.resume();
    assert.deepInclude(ending, {exit: 4, why: 'wait-too-long'});
    assert.approximately(ending.stop!.resumeAt! - now(), 3_600_000, 60_000);
    assert.lengthOf(place.heard, sent);
    const patient = await place.resume({options: {maxWaitMs: 7_200_000, deadlineAt: now() + 300}});
    assert.deepInclude(patient.ending, {exit: 4, why: 'deadline'});
    assert.lengthOf(place.heard, sent);
  });
});
