import {holdsRun} from '../journal/folder.js';
import {findProfile, listProfiles, readProfile} from '../profiles/find.js';
import {profileJsonSchema} from '../profiles/schema.js';
import {profileToFile, profileToYaml} from '../profiles/write.js';
import {readFoundProfile} from '../report/found.js';
import {compileProbes} from '../requests/probe.js';
import {checkLines, listedProfile, listLines} from './profiles.js';
import {terminalOf} from './terminal.js';

/** `sluice profiles`. */
export function showProfiles(json: boolean): void {
  const profiles = listProfiles().map((name) => findProfile(name));
  if (json) {
    print(profiles.map(listedProfile));
    return;
  }
  const {color} = terminalOf(process.stdout, process.env);
  const lines = profiles.flatMap((profile) => [...listLines(profile, color), '']);
  process.stdout.write(`${[...lines, 'next: sluice profiles show NAME'].join('\n')}\n`);
}

/** `sluice profiles show NAME|RUN`: of a run, the profile as it used it, with the limits that it found out. What it prints can be written to a file and be a profile of one's own. Throws PROFILE_UNKNOWN or PROFILE_INVALID (78). */
export async function showProfile(name: string, json: boolean): Promise<void> {
  const profile = (await holdsRun(name)) ? (await readFoundProfile(name)).profile : findProfile(name);
  if (json) print(profileToFile(profile));
  else process.stdout.write(profileToYaml(profile));
}

/** `sluice profiles check FILE`. Throws PROFILE_UNKNOWN or PROFILE_INVALID (78), which lists every fault, TEMPLATE_INVALID (78) for a probe. */
export function checkProfile(file: string): void {
  const profile = readProfile(file, Number.POSITIVE_INFINITY);
  compileProbes(profile);
  process.stdout.write(`${checkLines(profile, file).join('\n')}\n`);
}

/** `sluice profiles schema`. */
export function showSchema(): void {
  print(profileJsonSchema());
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
