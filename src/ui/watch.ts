import {wallNow} from '../clock.js';
import type {World} from '../run/begin.js';
import {openProgress, type Progress} from './progress.js';
import {terminalOf} from './terminal.js';

/** The world a session runs in, shown on standard error. `progress` has to be closed. */
export function openWorld({tool, quiet}: {readonly tool: string; readonly quiet: boolean}): {
  world: World;
  progress: Progress;
} {
  const {tty} = terminalOf(process.stderr, process.env);
  const progress = openProgress({stream: process.stderr, quiet, tty});
  return {
    world: {env: process.env, tool, watcher: {show: (view) => progress.show(view, wallNow()), say: progress.note}},
    progress,
  };
}
