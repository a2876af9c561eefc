import {resolve} from 'node:path';
import {assert} from 'chai';
import {budgetBusy, sayFirst, sayWaiting, turnTooLate, waitInterrupted} from '../../src/run/busy.js';

const NOON = new Date(2026, 10, 25, 12, 0, 0).getTime();
const MINUTE = 60_000;
const holder = {run: 'r', folder: resolve('users.run'), pid: 4711};
const HAS = 'which has this provider and credential';

describe('sayFirst', () => {
  it('names who has its turn before this run would', () => {
    assert.equal(
      sayFirst({...holder, until: NOON + 125 * MINUTE}, NOON),
      'users.run (process 4711) has this provider and credential until about 14:05; this run would wait for it',
    );
  });
});

describe('sayWaiting', () => {
  for (const {name, waiting, text} of [
    {
      name: 'names run, process, time and place',
      waiting: {holder: {...holder, until: NOON + 125 * MINUTE}, ahead: 1},
      text: `waiting for users.run (process 4711), ${HAS} until about 14:05; this run is second in line`,
    },
    {
      name: 'is exact about the next minutes',
      waiting: {holder: {...holder, until: NOON + 61_000}, ahead: 0},
      text: `waiting for users.run (process 4711), ${HAS} until about 12:01:01; this run is next`,
    },
    {
      name: 'names the day where it is another one',
      waiting: {holder: {...holder, until: NOON + 24 * 60 * MINUTE}, ahead: 2},
      text: `waiting for users.run (process 4711), ${HAS} until about 2026-11-26 12:00; this run is third in line`,
    },
    {
      name: 'says no time where there is none',
      waiting: {holder, ahead: 11},
      text: `waiting for users.run (process 4711), ${HAS}; this run is number 12 in line`,
    },
    {
      name: 'says no time that is over',
      waiting: {holder: {...holder, until: NOON - MINUTE}, ahead: 0},
      text: `waiting for users.run (process 4711), ${HAS} until about 12:00:00; this run is next`,
    },
    {
      name: 'shows a folder elsewhere in full',
      waiting: {holder: {...holder, folder: '/elsewhere/users.run'}, ahead: 0},
      text: `waiting for /elsewhere/users.run (process 4711), ${HAS}; this run is next`,
    },
    {
      name: 'knows no name yet',
      waiting: {holder: undefined, ahead: 0},
      text: `waiting for another run, ${HAS}; this run is next`,
    },
  ])
    it(name, () => assert.equal(sayWaiting(waiting, NOON), text));
});

describe('the problems of waiting', () => {
  it('name who has the budget and how many are in line, with exit 75', () => {
    const {message, oclif} = budgetBusy({holder: {...holder, until: NOON + 5 * MINUTE}, ahead: 2}, NOON);
    assert.equal(
      message,
      'users.run (process 4711) has this provider and credential until about 12:05, and 2 more wait for it; nothing was begun',
    );
    assert.equal(oclif.exit, 75);
  });

  it('say that the deadline came first, with exit 75', () => {
    const {message, oclif} = turnTooLate({holder, ahead: 0}, NOON);
    assert.include(message, '--deadline was reached while waiting: users.run (process 4711) has');
    assert.equal(oclif.exit, 75);
    assert.include(
      turnTooLate({holder: undefined, ahead: 0}, NOON).message,
      'another run has this provider and credential',
    );
  });

  it('have the exit code of the signal', () => {
    const {message, oclif} = waitInterrupted('SIGTERM', 143);
    assert.include(message, 'SIGTERM');
    assert.equal(oclif.exit, 143);
  });
});
