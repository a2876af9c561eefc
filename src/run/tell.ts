import type {Learned} from '../limits/believe.js';
import {windowName} from '../limits/limit.js';
import type {Spread} from '../limits/refuse.js';
import type {Tools} from './tools.js';

/** A limit that turned out other than the profile says. Where every caller has a bucket of his own, one is enough to say it. Returns whether it was said now. */
export function tellLearned({limit, label, seconds, profile, said, requests}: Learned, tools: Tools): boolean {
  const line = `${label}: profile ${windowName({requests: profile, seconds})}, server says ${said}; using ${requests}`;
  return once(`learned ${limit} ${seconds} ${said}`, line, tools);
}

/** A window whose starts are spread from now on; once for all buckets of its limit too. */
export function tellSpread({limit, label, used, ...window}: Spread, tools: Tools): void {
  const line = `${label}: refused although ${used} of ${windowName(window)} were used; spreading requests evenly from now on`;
  once(`spread ${limit} ${window.seconds}`, line, tools);
}

function once(name: string, line: string, {said, say}: Tools): boolean {
  if (said.has(name)) return false;
  said.add(name);
  say(line);
  return true;
}
