import type {Bucket} from './bucket.js';
import type {Ledger} from './ledger.js';
import type {Window} from './window.js';

/** The same ledger once more, to be played ahead: what is taken there is not missed here. */
export function copyLedger(ledger: Ledger): Ledger {
  const buckets = new Map<number, Bucket>();
  for (const [id, bucket] of ledger.buckets) buckets.set(id, copyBucket(bucket));
  return {...ledger, buckets, turning: new Set(ledger.turning)};
}

// Written out, for a run may have a hundred thousand buckets in use: `structuredClone` takes some ten times as long.
function copyBucket(bucket: Bucket): Bucket {
  const {probe, windows} = bucket;
  return {...bucket, windows: windows.map(copyWindow), probe: probe && structuredClone(probe)};
}

function copyWindow(window: Window): Window {
  const {heldUntil, first, told} = window;
  return {...window, heldUntil: heldUntil.slice(first), first: 0, told: told && {...told}};
}
