import type {Profile} from './profile.js';

/** The same profile on a clock that runs `speed` times as fast: every window, its ramp, and the window its headers describe, is that much shorter. */
export function scaleProfile(profile: Profile, speed: number): Profile {
  const {describes} = profile.headers;
  const limits = profile.limits.map((limit) => ({
    ...limit,
    windows: limit.windows.map((window) => ({...window, seconds: window.seconds / speed})),
  }));
  const ramp = profile.rampSeconds === undefined ? {} : {rampSeconds: profile.rampSeconds / speed};
  if (describes?.seconds === undefined) return {...profile, ...ramp, limits};
  return {
    ...profile,
    ...ramp,
    limits,
    headers: {...profile.headers, describes: {...describes, seconds: describes.seconds / speed}},
  };
}
