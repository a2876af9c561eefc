import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Clock, install} from '@sinonjs/fake-timers';
import {readManifest} from '../../src/journal/folder.js';
import {readJournal} from '../../src/journal/replay.js';
import {fold, newStanding, type Standing, settleOpenAttempts, stateOf} from '../../src/journal/states.js';
import {Problem} from '../../src/problem.js';
import {seeded} from '../simulation/random.js';
import {BEGIN} from '../simulation/virtual-time.js';
import {type Damaged, damage} from './damage.js';
import {habitOf} from './image.js';
import {begin, type Found, type Lot, resume} from './life.js';
import {type Broken, type Cut, Machine, type Phase} from './machine.js';
import {Provider} from './provider.js';

/** What is broken on purpose: something of the disk, or the order of intent and request. */
export type Fault = Broken | 'hasty';

/** One seed: a run that was cut up to three times and gone on with until nothing was pending. */
export type Played = {
  /** What must never be, each in a sentence. */
  readonly faults: string[];
  readonly cuts: {readonly kind: Cut['kind']; readonly phase: Phase}[];
  readonly rows: number;
  readonly lost: number;
  readonly twice: number;
  readonly executedTwice: number;
  readonly doubtful: number;
  readonly torn: number;
  readonly anew: number;
  readonly damaged: Damaged | undefined;
};

const LIVES = 60;
/** A run that does nothing for so long will not do anything. */
const PATIENCE_MS = 3_600_000;
const BETWEEN_LIVES_MS = 24 * 3_600_000;

export async function play(seed: number, fault?: Fault): Promise<Played> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-power-'));
  try {
    return await new Story(home, seed, fault).tell();
  } finally {
    rmSync(home, {recursive: true, force: true});
  }
}

class Story {
  readonly #random: () => number;
  readonly #machine: Machine;
  readonly #provider: Provider;
  readonly #lot: Lot;
  readonly #faults: string[] = [];
  readonly #cuts: Played['cuts'] = [];
  /** Rows that a person has settled, who may be wrong. */
  readonly #decided = new Set<number>();
  #bootedAt = BEGIN;
  #doubtful = 0;
  #torn = 0;
  /** The first beginning is none. */
  #anew = -1;

  constructor(home: string, seed: number, fault: Fault) {
    const random = seeded(seed);
    this.#random = random;
    this.#machine = new Machine(home, random, habitOf(random), fault === 'hasty' ? undefined : fault);
    this.#provider = new Provider(random);
    this.#lot = {
      folder: join(home, 'users.run'),
      rows: 6 + Math.floor(random() * 42),
      concurrency: 1 + Math.floor(random() * 8),
      segmentBytes: random() < 0.7 ? 700 + Math.floor(random() * 3000) : 1e9,
      random,
      hasty: fault === 'hasty',
    };
    // Some disks are nearly full: room for the reserve, and for a little more.
    if (random() < 0.15) this.#machine.capacity = 64 * 1024 + 300 + Math.floor(random() * 6000);
  }

  async tell(): Promise<Played> {
    let cutsLeft = 1 + Math.floor(this.#random() * 3);
    for (let life = 1; life <= LIVES && this.#faults.length === 0; life++) {
      const ended = await this.#live(cutsLeft > 0 ? this.#drawCut() : undefined);
      if (ended && cutsLeft <= 0 && (await this.#isDone())) return this.#judge();
      cutsLeft -= 1;
    }
    if (this.#faults.length === 0) this.#faults.push(`rows are pending after ${LIVES} sessions`);
    return this.#judge();
  }

  /** One session, to its end or to its cut. Returns whether it came to its end. */
  async #live(cut: Cut | undefined): Promise<boolean> {
    this.#bootedAt += BETWEEN_LIVES_MS;
    const clock = install({toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'], now: this.#bootedAt});
    try {
      const {disk, died} = this.#machine.start(cut);
      const ended = this.#session({disk, machine: this.#machine, provider: this.#provider});
      const phase = await passing(clock, Promise.race([ended.then(() => undefined), died]));
      if (phase === undefined) {
        this.#machine.capacity = Number.POSITIVE_INFINITY;
        return true;
      }
      this.#cuts.push({kind: cut!.kind, phase});
      this.#provider.clientDied();
      return false;
    } catch (error) {
      this.#faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return false;
    } finally {
      clock.uninstall();
    }
  }

  async #session(life: Parameters<typeof begin>[1]): Promise<void> {
    try {
      if (await this.#isBegun())
        await resume(this.#lot, life, {found: (found) => this.#look(found), decided: (rows) => this.#allow(rows)});
      else await this.#beginAnew(life);
    } catch (error) {
      // A full disk ends a session, and the next one finds room.
      if (error instanceof Problem && error.code === 'JOURNAL_UNWRITABLE' && this.#machine.capacity < 1e9) return;
      throw error;
    }
  }

  async #beginAnew(life: Parameters<typeof begin>[1]): Promise<void> {
    if (this.#provider.arrived.size > 0)
      this.#faults.push(`the run is gone, and ${this.#provider.arrived.size} rows were sent`);
    this.#anew += 1;
    this.#machine.durableSeq = 0;
    await begin(this.#lot, life);
  }

  async #isBegun(): Promise<boolean> {
    return readManifest(this.#lot.folder).then(
      () => true,
      (error: Problem) => {
        if (error.code === 'RUN_MISSING') return false;
        throw error;
      },
    );
  }

  #look({verdict, lastSeq, doubtful, done}: Found): void {
    if (verdict === 'torn') this.#torn += 1;
    if (lastSeq < this.#machine.durableSeq)
      this.#faults.push(`line ${this.#machine.durableSeq} was on the disk, and the journal ends with ${lastSeq}`);
    for (const row of done) this.#faults.push(`row ${row} is ok, and was put in doubt by what was cut`);
    const powerless = this.#cuts.some(({kind}) => kind === 'power');
    const most = this.#lot.concurrency * (powerless ? 2 : 1);
    if (doubtful > most) this.#faults.push(`${doubtful} rows came into doubt by a cut, of at most ${most}`);
  }

  #allow(rows: readonly (readonly [row: number, as: string])[]): void {
    this.#doubtful += rows.length;
    for (const [row] of rows) this.#decided.add(row);
    this.#provider.allow(rows.filter(([, as]) => as === 'retry').map(([row]) => row));
  }

  async #isDone(): Promise<boolean> {
    const standing = await this.#standing();
    return standing !== undefined && standing.tally[0] === 0;
  }

  async #standing(): Promise<Standing | undefined> {
    if (!(await this.#isBegun())) return undefined;
    const standing = newStanding(this.#lot.rows);
    const {run} = await readManifest(this.#lot.folder);
    await readJournal(this.#lot.folder, run, (record) => fold(standing, record));
    settleOpenAttempts(standing);
    return standing;
  }

  async #judge(): Promise<Played> {
    const {executed, twice} = this.#provider;
    for (const row of twice) this.#faults.push(`row ${row} was executed again, and was not listed as in doubt`);
    const standing = this.#faults.length === 0 ? await this.#standing() : undefined;
    const lost = standing ? this.#lostRows(standing) : [];
    for (const {row, why} of lost) this.#faults.push(`row ${row} ${why}`);
    return {
      faults: this.#faults,
      cuts: this.#cuts,
      rows: this.#lot.rows,
      lost: lost.length,
      twice: twice.length,
      executedTwice: [...executed.values()].filter((times) => times > 1).length,
      doubtful: this.#doubtful + (standing?.tally[3] ?? 0),
      torn: this.#torn,
      anew: this.#anew,
      damaged: standing && (await this.#damage()),
    };
  }

  #lostRows(standing: Standing): {readonly row: number; readonly why: string}[] {
    const lost: {row: number; why: string}[] = [];
    for (let row = 1; row <= this.#lot.rows; row++) {
      const state = stateOf(standing, row);
      const times = this.#provider.executed.get(row) ?? 0;
      if (state === 'pending') lost.push({row, why: 'is pending at the end'});
      if (this.#decided.has(row)) continue;
      if (state === 'ok' && times === 0) lost.push({row, why: 'is ok, and was never executed'});
      if (state === 'failed' && times > 0) lost.push({row, why: 'failed, and was executed'});
    }
    return lost;
  }

  /** The same journal with a sector of it damaged long after it was safe: another thing than a cut. */
  async #damage(): Promise<Damaged> {
    const {run} = await readManifest(this.#lot.folder);
    const damaged = await damage(this.#lot.folder, run, this.#random);
    if (damaged.fault !== undefined) this.#faults.push(damaged.fault);
    return damaged;
  }

  #drawCut(): Cut {
    const upTo = (most: number) => 1 + Math.floor(this.#random() * most);
    const kind = this.#random() < 0.75 ? 'power' : 'kill';
    const drawn = this.#random();
    if (drawn < 0.1) return {kind, phase: 'creation', step: upTo(25)};
    if (drawn < 0.25) return {kind, phase: 'recovery', step: upTo(this.#random() < 0.6 ? 4 : 10)};
    if (drawn < 0.35) return {kind, phase: 'opening', step: upTo(6)};
    if (drawn < 0.7) return {kind, phase: 'sending', step: upTo(this.#random() < 0.3 ? 6 : 20)};
    if (drawn < 0.85) return {kind, phase: 'rotation', step: upTo(10)};
    if (drawn < 0.9) return {kind, phase: 'ending', step: upTo(4)};
    // Between two things that are asked of the disk.
    return {kind, phase: 'sending', afterMs: this.#random() * 300};
  }
}

/** Lets virtual time pass until `work` is done. What is read of real files takes none of it. */
async function passing<T>(clock: Clock, work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  done.catch(() => {});
  const until = clock.now + PATIENCE_MS;
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!over && clock.countTimers() > 0) clock.next();
    if (clock.now > until) throw new Error('the session does nothing any more');
  }
  return done;
}
