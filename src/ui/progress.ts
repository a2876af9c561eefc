import cliProgress from 'cli-progress';
import {foldAt, plain, widthOf} from './plain.js';
import {laneLine, outlookLine, plainLine, totalLine, type View} from './view.js';

const REDRAWS_PER_SECOND = 8;
const LINE_EVERY_MS = 10_000;
/** Above and below the bars there has to be room for what was said before. */
const SPARE_LINES = 6;
const MOST_LANES = 4;
const MOST_NAME_COLUMNS = 28;

/** What shows a run to a person while it goes on. */
export type Progress = {
  /** May be called as often as one likes; what is drawn, and when, is decided here. `now` is the wall clock's. */
  show(view: View, now: number): void;
  /** Says one thing above the bars, or as a line of its own. */
  note(line: string): void;
  /** Takes the bars away and leaves what was said. Nothing may be shown afterwards; `close` may be called again. */
  close(): void;
};

export type ProgressOptions = {
  readonly stream: NodeJS.WriteStream;
  /** Shows and says nothing. */
  readonly quiet: boolean;
  /** Whether bars may be drawn; without, a plain line comes every 10 s. */
  readonly tty: boolean;
};

/** Bars on a terminal, lines in a log, nothing when quiet. Everything shown is freed of what a terminal would obey. */
export function openProgress({stream, quiet, tty}: ProgressOptions): Progress {
  if (quiet) return {show() {}, note() {}, close() {}};
  return tty ? openBars(stream) : openLines(stream);
}

function openLines(stream: NodeJS.WriteStream): Progress {
  let lastAt: number | undefined;
  return {
    show(view, now) {
      // A run that is over sooner needs no progress, only its summary.
      lastAt ??= now;
      if (now - lastAt < LINE_EVERY_MS) return;
      lastAt = now;
      stream.write(`${plainLine(view, now)}\n`);
    },
    note: (line) => void stream.write(`${plain(line)}\n`),
    close() {},
  };
}

function openBars(stream: NodeJS.WriteStream): Progress {
  const bars = new cliProgress.MultiBar({
    stream,
    fps: REDRAWS_PER_SECOND,
    format: (_options, _params, {line}: Payload) => line(width(stream)),
    forceRedraw: true, // A note moves the bars down, and a bar that has not changed would not be drawn there.
    linewrap: true, // Else wrapping is switched off for the terminal, and stays so after a SIGKILL.
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false, // Signals are the run's.
  });
  const shown: {update(payload: Payload): void}[] = [];
  let closed = false;

  return {
    show(view, now) {
      if (closed) return;
      for (const [index, line] of linesOf(view, now, stream, shown.length).entries()) {
        if (shown[index]) shown[index].update({line});
        else shown.push(bars.create(1, 0, {line} satisfies Payload));
      }
    },
    note(line) {
      for (const part of foldAt(plain(line), stream.columns ?? 80)) {
        if (shown.length === 0 || closed) stream.write(`${part}\n`);
        else bars.log(`${part}\x1b[K\n`); // What a longer bar left behind is cleared, else it stays behind the note.
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (shown.length === 0) return;
      bars.update(); // What was said since the last redraw would be lost.
      bars.stop();
    },
  };
}

/** Draws itself as wide as the terminal is when it is drawn. */
type Payload = {readonly line: (width: number) => string};

/** One line more than there are rows would scroll with every redraw. `least`: lines once shown stay, empty if need be. */
function linesOf(view: View, now: number, stream: NodeJS.WriteStream, least: number): Payload['line'][] {
  const room = Math.max(0, Math.min(MOST_LANES, (stream.rows ?? 24) - SPARE_LINES));
  const lanes = view.lanes.slice(0, room);
  const names = (columns: number) =>
    Math.min(MOST_NAME_COLUMNS, Math.floor(columns / 3), Math.max(0, ...lanes.map(({name}) => widthOf(plain(name)))));
  const lines: Payload['line'][] = [
    (columns) => totalLine(view, columns),
    (columns) => outlookLine(view, now, columns),
    ...lanes.map((lane) => (columns: number) => laneLine(lane, names(columns), columns)),
  ];
  while (lines.length < least) lines.push(() => '');
  return lines;
}

/** Three columns are left free: the terminal writes ^C behind the last line, and some wrap as soon as the last column is written to. */
function width({columns}: NodeJS.WriteStream): number {
  return Math.max(1, (columns ?? 80) - 3);
}
