import {randomBytes} from 'node:crypto';
import {mkdir, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {basename, join} from 'node:path';
import {now, sleepUntil, wallNow} from '../clock.js';
import {holdName, isHeld, type Lock} from '../journal/lock.js';

/** The run that has its turn, for people. The turn itself is the kernel's, and ends with the process. */
export type TurnHolder = {
  readonly run: string;
  readonly folder: string;
  readonly pid: number;
  /** When it is expected to end, by the wall clock; absent while nobody can say. */
  readonly until?: number | undefined;
};

/** How it stands in front of a run that waits: who has the turn, where that is known, and how many come before. */
export type Waiting = {readonly holder: TurnHolder | undefined; readonly ahead: number};

/** One run's turn at a budget. */
export type Turn = {
  /** Says what the holder is to be shown as from now on. */
  readonly tell: (holder: TurnHolder) => Promise<void>;
  /** Lets the next one in. */
  readonly release: () => Promise<void>;
};

/** A holder that dies is noticed this much later. */
const LOOK_EVERY_MS = 200;

/**
 * Waits in order of arrival until no other run of this user works on the budget that `folder` is of, then takes the turn. `onWait` is told how it
 * stands, again and again; what it throws ends the waiting. Resolves with `undefined` when `signal` is aborted before.
 */
export async function takeTurn(
  folder: string,
  {onWait, signal}: {readonly onWait: (waiting: Waiting) => void; readonly signal: AbortSignal},
): Promise<Turn | undefined> {
  const line = join(folder, 'line');
  await mkdir(line, {recursive: true, mode: 0o700});
  const ticket = await drawTicket(line);
  try {
    while (!signal.aborted) {
      const ahead = await countAhead(line, ticket.name);
      const held = ahead === 0 ? await holdName(heldBy(folder)) : undefined;
      if (held) return turnOf(folder, held);
      onWait({holder: await readHolder(folder), ahead});
      await sleepUntil(now() + LOOK_EVERY_MS, signal);
    }
    return undefined;
  } finally {
    await ticket.giveBack();
  }
}

/** The run that has its turn at a budget now, if one has and has said so. Takes no place in line. */
export async function findTurnHolder(folder: string): Promise<TurnHolder | undefined> {
  return (await isHeld(heldBy(folder))) ? readHolder(folder) : undefined;
}

type Ticket = {readonly name: string; readonly giveBack: () => Promise<void>};

/** A place in line: a file whose name sorts by arrival. It counts as long as its process holds the name, so whoever dies stands in nobody's way. */
async function drawTicket(line: string): Promise<Ticket> {
  const name = `${String(wallNow()).padStart(15, '0')}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const held = await holdName(heldAs(name));
  const path = join(line, name);
  await writeFile(path, '', {mode: 0o600});
  return {
    name,
    giveBack: async () => {
      await rm(path, {force: true});
      await held?.release();
    },
  };
}

/** Only the one before is looked at, and each looks at the one before it: with a hundred in line nobody asks a hundred. */
async function countAhead(line: string, ticket: string): Promise<number> {
  for (;;) {
    const before = (await readdir(line)).filter((name) => name < ticket).sort();
    const last = before.at(-1);
    if (last === undefined || (await isHeld(heldAs(last)))) return before.length;
    await rm(join(line, last), {force: true});
  }
}

function heldBy(folder: string): string {
  return `budget-${basename(folder)}`;
}

/** Short, for where names are paths of sockets these may not be long. */
function heldAs(ticket: string): string {
  return `turn-${ticket}`;
}

function turnOf(folder: string, held: Lock): Turn {
  const path = join(folder, 'holder.json');
  let last = rm(path, {force: true});
  const next = (work: () => Promise<void>) => {
    last = last.then(work, work);
    return last;
  };
  return {
    tell: (holder) =>
      next(async () => {
        await writeFile(`${path}.tmp`, JSON.stringify(holder), {mode: 0o600});
        await rename(`${path}.tmp`, path);
      }),
    release: () => next(() => rm(path, {force: true})).then(held.release, held.release),
  };
}

async function readHolder(folder: string): Promise<TurnHolder | undefined> {
  try {
    const holder: Partial<TurnHolder> | null = JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8'));
    return typeof holder?.folder === 'string' && typeof holder.pid === 'number' ? (holder as TurnHolder) : undefined;
  } catch {
    return undefined;
  }
}
