import {writeFileSync} from 'node:fs';
import {EXIT, Problem} from '../problem.js';
import type {Profile} from '../profiles/profile.js';
import {profileToYaml} from '../profiles/write.js';
import {type Account, showAccount} from './account.js';
import {STATE_PATH} from './inquiry.js';
import type {Tally} from './tally.js';

/** Writes the profile that a run against the simulated provider needs: its windows, its address. Throws PROFILE_UNWRITABLE (exit 74). */
export function saveProfile(profile: Profile, url: string, file: string): void {
  try {
    writeFileSync(file, profileToYaml({...profile, baseUrl: url, regions: {}}));
  } catch (error) {
    const fix = 'Name another file with --save-profile.';
    throw new Problem('PROFILE_UNWRITABLE', `cannot be written: ${(error as Error).message}`, fix, {
      at: {file},
      exit: EXIT.disk,
    });
  }
}

/** What is typed against a provider that has just started. `saved`: where its profile is. */
export type Started = {
  readonly url: string;
  readonly name: string;
  readonly speed: number;
  readonly saved?: string | undefined;
  readonly state?: boolean | undefined;
};

/** The address first, on a line of its own, for scripts; then what to type. */
export function announce({url, name, speed, saved, state}: Started): string {
  const profile = saved === undefined ? name : /[/\\]/.test(saved) ? saved : `./${saved}`;
  const lines = [url, `sluice run FILE --profile ${profile} --base-url ${url}`];
  if (speed !== 1 && saved === undefined)
    lines.push(`its windows are ${speed} times shorter: --save-profile FILE tells the run so`);
  if (state) lines.push(`what is there: ${url}${STATE_PATH}`);
  return lines.join('\n');
}

/** What a provider saw, and with `--state` what is there in the end. */
export type Served = Tally & {readonly state?: Account};

/** The same for people. */
export function showServed({arrivals, executed, distinct, twice, refused, faults, worst, state = {}}: Served): string {
  const lines = [
    `${arrivals} arrived, ${executed} executed (${distinct} different, ${twice} more than once), ${refused} refused`,
    ...Object.entries(faults).map(([name, count]) => `${name}: ${count}`),
    ...Object.entries(worst).map(([label, part]) => `${label}: at most ${(part * 100).toFixed(0)} % in any window`),
    ...showAccount(state),
  ];
  return lines.join('\n');
}
