// p-queue: https://www.npmjs.com/package/p-queue. Its strict mode is a sliding window of starts; retries are p-retry's, by the same author.
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import {rows, send, settings, settle} from './request.mjs';

const {network, user, userLast = false} = settings;
const shared = new PQueue({...network, strict: true});
const users = new Map();

await settle(rows.map((row) => pRetry(() => through(queuesOf(row), row), {retries: 5, shouldRetry})));

/** A retry goes through the queues once more. */
function through([first, ...others], row) {
  return first ? first.add(() => through(others, row)) : send(row);
}

function queuesOf(row) {
  if (!user) return [shared];
  const own = users.get(row.user) ?? new PQueue({...user, strict: true});
  users.set(row.user, own);
  return userLast ? [shared, own] : [own, shared];
}

function shouldRetry({error}) {
  return error.status === 429;
}
