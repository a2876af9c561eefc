// Bottleneck: https://www.npmjs.com/package/bottleneck. Reservoirs, chained limiters and the retries of its `failed` event, as its README has them.
import Bottleneck from 'bottleneck';
import {rows, send, settings, settle} from './request.mjs';

const {network, user, userLast = false} = settings;
const shared = new Bottleneck(network);
const users = user && new Bottleneck.Group(user);

if (!users || userLast) retrying(shared);
users?.on('created', (limiter) => {
  if (userLast) return;
  limiter.chain(shared);
  retrying(limiter);
});

await settle(rows.map(schedule));

function schedule(row) {
  if (!users) return shared.schedule(() => send(row));
  if (!userLast) return users.key(row.user).schedule(() => send(row));
  // A limiter is chained to one other: the way from the shared one to the user's has to be gone by hand.
  return shared.schedule(() => users.key(row.user).schedule(() => send(row)));
}

/** A row that is retried does not go back into the queue: Bottleneck waits so many milliseconds, and runs it. */
function retrying(limiter) {
  limiter.on('failed', ({status}, {retryCount}) =>
    status === 429 && retryCount < 5 ? 1000 * 2 ** retryCount : undefined,
  );
}
