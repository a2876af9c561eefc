import {crossFaults} from './check.js';
import {completeProfile} from './complete.js';
import {schemaFaults} from './fault.js';
import {type FileKind, readPlaced} from './placed.js';
import type {Profile} from './profile.js';
import {profileJsonSchema, profileSchema} from './schema.js';

const PROFILE: FileKind<Profile> = {
  noun: 'profile',
  code: 'PROFILE_INVALID',
  next: (file) => `sluice profiles check ${file}`,
  read: (data) => {
    const result = profileSchema.safeParse(data);
    const faults = result.success
      ? crossFaults(result.data)
      : schemaFaults(result.error.issues, data, {...profileJsonSchema(), title: 'a profile'});
    return result.success && faults.length === 0 ? {value: completeProfile(result.data)} : {faults};
  },
};

/** The profile that a YAML or JSON text holds, complete. Throws PROFILE_INVALID (exit 78) as `readPlaced` does. */
export function parseProfile(text: string, file: string, mostListed?: number): Profile {
  return readPlaced(text, file, PROFILE, mostListed);
}
