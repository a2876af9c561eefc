import cliProgress from 'cli-progress';
import {cutTo, plain, sayNumber, widthOf} from './plain.js';
import {bar} from './view.js';
import {sayDuration} from './words.js';

const REDRAWS_PER_SECOND = 8;
/** What is read sooner needs no bar. */
const PATIENCE_MS = 1000;
const BAR_WIDTHS = {least: 8, most: 30} as const;

/** How much of the input called `name` has been read. */
export type Way = {readonly name: string; readonly bytes: number; readonly of: number};

/** Shows how far an input has been read and checked, before anything is sent. */
export type Reading = {
  /** May be called as often as one likes. `now` only goes forward. */
  show(way: Way, now: number): void;
  /** Takes the bar away; may be called again. */
  close(): void;
};

/** A bar on a terminal, for an input that takes longer than a second; nothing anywhere else. It is gone when all is read. */
export function openReading({stream, tty}: {readonly stream: NodeJS.WriteStream; readonly tty: boolean}): Reading {
  if (!tty) return {show() {}, close() {}};
  let shown: cliProgress.SingleBar | undefined;
  let begunAt: number | undefined;
  let closed = false;
  const close = () => {
    closed = true;
    shown?.stop();
    shown = undefined;
  };
  return {
    show(way, now) {
      if (closed) return;
      begunAt ??= now;
      if (way.bytes >= way.of) return close();
      if (!shown && now - begunAt < PATIENCE_MS) return;
      const line = readingLine(way, now - begunAt, Math.max(1, (stream.columns ?? 80) - 3));
      if (shown) shown.update({line});
      else {
        shown = openBar(stream);
        shown.start(1, 0, {line});
      }
    },
    close,
  };
}

/** `checking users.csv [####----] 43 % · 12 s left`, in at most `width` columns: where there is no room the name goes first, then the bar. */
export function readingLine({name, bytes, of}: Way, ms: number, width: number): string {
  const share = `${sayNumber(Math.floor((100 * bytes) / of))} %`;
  const left = bytes === 0 ? '' : ` · ${sayDuration((ms * (of - bytes)) / bytes)} left`;
  const barOf = (columns: number) => `[${bar(bytes, of, columns)}] ${share}${left}`;
  const label = `checking ${plain(name)} `;
  const room = width - widthOf(label) - widthOf(barOf(0));
  if (room >= BAR_WIDTHS.least) return `${label}${barOf(Math.min(BAR_WIDTHS.most, room))}`;
  const least = barOf(BAR_WIDTHS.least);
  const rest = width - widthOf(least) - 1;
  return rest > 0 ? `${cutTo(label.trimEnd(), rest)} ${least}` : cutTo(`${share}${left}`, width);
}

function openBar(stream: NodeJS.WriteStream): cliProgress.SingleBar {
  return new cliProgress.SingleBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    format: (_options, _params, {line}: {readonly line: string}) => line,
    linewrap: true, // Else wrapping is switched off for the terminal, and stays so after a SIGKILL.
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false, // Signals are the run's.
  });
}
