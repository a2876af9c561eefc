import {assert} from 'chai';
import {forgetAdmissions, noteAdmitted, openAdmissions, paceOver} from '../../src/limits/admissions.js';

describe('what was let through', () => {
  it('tells the pace of a window from the burst in it and the wait behind it', () => {
    const admissions = openAdmissions();
    for (let n = 0; n < 60; n++) noteAdmitted(admissions, n * 100);
    const {pace, spanMs, count} = paceOver(admissions, 6000, 54_000);
    assert.deepEqual({pace, spanMs, count}, {pace: 1, spanMs: 60_000, count: 60});
  });

  it('tells the pace of the end where nothing had to be waited for', () => {
    const admissions = openAdmissions();
    for (let n = 0; n < 10; n++) noteAdmitted(admissions, n * 1000);
    for (let n = 0; n < 100; n++) noteAdmitted(admissions, 10_000 + n * 10);
    assert.approximately(paceOver(admissions, 11_000, 10).pace, 100, 3);
  });

  it('asks for a rest where the first came slower than the new pace', () => {
    const admissions = openAdmissions();
    for (let n = 0; n < 5; n++) noteAdmitted(admissions, n * 1000);
    const {restMs} = paceOver(admissions, 5000, 60_000);
    assert.equal(restMs(2), 2000);
    assert.equal(restMs(1), 0);
  });

  it('keeps a bounded number of points, however many there are', () => {
    const admissions = openAdmissions();
    for (let n = 0; n < 100_000; n++) noteAdmitted(admissions, n);
    assert.isAtMost(admissions.points.length, 256);
    assert.approximately(paceOver(admissions, 100_000, 1).pace, 1000, 10);
    forgetAdmissions(admissions);
    assert.equal(paceOver(admissions, 100_000, 1).pace, 0);
  });
});
