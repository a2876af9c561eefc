// p-throttle: https://www.npmjs.com/package/p-throttle. Its strict mode lets no interval hold more starts; retries are p-retry's, by the same author.
import pRetry from 'p-retry';
import pThrottle from 'p-throttle';
import {rows, send, settings, settle} from './request.mjs';

const {network, user, userLast = false} = settings;
const shared = pThrottle({...network, strict: true});
const sharedSend = shared(send);
const users = new Map();
/** Where the user comes last, the shared throttle lets go of rows that then wait for their user's. */
const sharedUserSend = shared((row) => ofUser(row)(row));

await settle(rows.map((row) => pRetry(() => throttled(row), {retries: 5, shouldRetry})));

/** A retry is throttled once more. */
function throttled(row) {
  if (!user) return sharedSend(row);
  return userLast ? sharedUserSend(row) : ofUser(row)(row);
}

function ofUser(row) {
  const own = users.get(row.user) ?? pThrottle({...user, strict: true})(userLast ? send : sharedSend);
  users.set(row.user, own);
  return own;
}

function shouldRetry({error}) {
  return error.status === 429;
}
