import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {
  foldRecent,
  newRecent,
  type RecentAttempt,
  type RecentLearned,
  type RecentPause,
  recentOf,
} from '../journal/recent.js';
import {readJournal} from '../journal/replay.js';
import {segmentNumber} from '../journal/segments.js';
import {Problem} from '../problem.js';

/** A run that has used a budget, as long as what it used may count: where its journal is, and until when that may be of interest. */
export type BudgetUser = {
  readonly run: string;
  /** Its run folder. */
  readonly folder: string;
  /** Its longest window, and what an attempt that is given up may be counted later. */
  readonly spanMs: number;
  readonly timeoutMs: number;
  /** The end of the longest pause that the provider ordered, by the wall clock. */
  readonly pausedUntil: number;
};

/** What other runs used of a budget, from their journals. */
export type Used = {
  readonly attempts: readonly RecentAttempt[];
  readonly pauses: readonly RecentPause[];
  readonly learned: readonly RecentLearned[];
  /** The longest timeout of any of them: what they gave up on may be counted so much later. */
  readonly lateMs: number;
};

/** The question of whoever is about to use it: not itself, and no longer ago than its own longest window. */
export type Asking = {
  readonly run: string | undefined;
  readonly spanMs: number;
  /** By the wall clock. */
  readonly now: number;
  /** The turns are not held: nothing is forgotten. */
  readonly looksOnly?: boolean | undefined;
  /** Told of each run that may have used something, and nobody can know what. */
  readonly onLost: (folder: string, why: string) => void;
};

/** What was written so recently is read in any case: a run that was killed could not say how long it was told to pause. */
const ALWAYS_READ_MS = 3_600_000;
/** A run may be asked for by others with longer windows than its own. */
const KEPT_MS = 86_400_000;

/** Notes that a run uses the budget that `folder` is of, or what there is new to say of it. Its turn must be held. */
export async function enrol(folder: string, user: BudgetUser): Promise<void> {
  const runs = join(folder, 'runs');
  await mkdir(runs, {recursive: true, mode: 0o700});
  const path = join(runs, `${user.run}.json`);
  await writeFile(`${path}.tmp`, JSON.stringify(user), {mode: 0o600});
  await rename(`${path}.tmp`, path);
}

/**
 * What the other runs that used these budgets have left of them. Forgets who can be of no interest any more; for that the turns must be held, or
 * `looksOnly` be said.
 */
export async function usedBy(folders: readonly string[], asking: Asking): Promise<Used> {
  const forget = async (path: string) => {
    if (!asking.looksOnly) await rm(path, {force: true});
  };
  const seen = new Set(asking.run === undefined ? [] : [asking.run]);
  const pasts: ReturnType<typeof recentOf>[] = [];
  let lateMs = 0;
  for (const folder of folders) {
    for (const {path, user} of await usersOf(folder, forget)) {
      if (seen.has(user.run)) continue;
      seen.add(user.run);
      const idleMs = asking.now - ((await lastWrittenAt(user.folder)) ?? (await stat(path)).mtimeMs);
      const paused = user.pausedUntil > asking.now;
      if (!paused && idleMs > Math.max(asking.spanMs, ALWAYS_READ_MS)) {
        if (idleMs > Math.max(user.spanMs, KEPT_MS)) await forget(path);
        continue;
      }
      const past = await pastOf(user, asking);
      if (!past) {
        await forget(path);
        continue;
      }
      pasts.push(past);
      lateMs = Math.max(lateMs, user.timeoutMs);
    }
  }
  return {
    attempts: pasts.flatMap(({attempts}) => attempts),
    pauses: pasts.flatMap(({pauses}) => pauses),
    learned: pasts.flatMap(({learned}) => learned),
    lateMs,
  };
}

async function usersOf(
  folder: string,
  forget: (path: string) => Promise<void>,
): Promise<{path: string; user: BudgetUser}[]> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch(() => []);
  const users: {path: string; user: BudgetUser}[] = [];
  for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
    const path = join(runs, name);
    const user = await readUser(path);
    if (user) users.push({path, user});
    else await forget(path);
  }
  return users;
}

async function readUser(path: string): Promise<BudgetUser | undefined> {
  try {
    const user: Partial<BudgetUser> | null = JSON.parse(await readFile(path, 'utf8'));
    const isUser =
      [user?.run, user?.folder].every((each) => typeof each === 'string') &&
      [user?.spanMs, user?.timeoutMs, user?.pausedUntil].every(Number.isFinite);
    return isUser ? (user as BudgetUser) : undefined;
  } catch {
    return undefined;
  }
}

/** When the newest file of a journal was last written, by the wall clock; undefined when there is none. */
async function lastWrittenAt(folder: string): Promise<number | undefined> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => segmentNumber(name) !== undefined);
  const times = await Promise.all(
    files.map((name) =>
      stat(join(folder, name)).then(
        ({mtimeMs}) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Undefined when its journal is not there any more. Of one that is damaged, what stands before the damage. */
async function pastOf({run, folder}: BudgetUser, {spanMs, onLost}: Asking) {
  const recent = newRecent(spanMs);
  try {
    await readJournal(folder, run, (record) => foldRecent(recent, record), 'states');
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    onLost(folder, error.message);
    if (recent.opened === undefined) return undefined;
  }
  return recentOf(recent);
}
