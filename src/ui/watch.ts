import {now, wallNow} from '../clock.js';
import type {World} from '../run/begin.js';
import type {View} from '../run/view.js';
import {openProgress, type Progress} from './progress.js';
import {openReading} from './reading.js';
import {terminalOf} from './terminal.js';

/** The world a session runs in, shown on standard error. `progress` has to be closed. */
export function openWorld({tool, quiet}: {readonly tool: string; readonly quiet: boolean}): {
  world: World;
  progress: Progress;
} {
  const {tty} = terminalOf(process.stderr, process.env);
  const progress = openProgress({stream: process.stderr, quiet, tty});
  const reading = openReading({stream: process.stderr, tty: tty && !quiet});
  const watcher = {
    show: (view: View) => progress.show(view, wallNow()),
    say: progress.note,
    read: (name: string, bytes: number, of: number) => reading.show({name, bytes, of}, now()),
  };
  const close = () => {
    reading.close();
    progress.close();
  };
  return {world: {env: process.env, tool, watcher}, progress: {...progress, close}};
}
