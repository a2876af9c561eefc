import {join} from 'node:path';
import {callAt, now} from '../clock.js';
import {EXIT, Problem} from '../problem.js';
import {type Disk, realDisk, unwritable} from './disk.js';
import {holdsRun, runExists} from './folder.js';
import type {HeaderRecord, JournalRecord} from './record.js';
import {makeReserve, reservePath} from './reserve.js';
import {bodyOf} from './seal.js';
import {beginSegments, SEGMENT_BYTES, type SegmentEnd, Segments, segmentName} from './segments.js';

/** Never are more bytes than this on their way to the disk: recovery takes more missing bytes for damage, not for a crash. */
export const MAX_UNSYNCED_BYTES = 1024 * 1024;
/** Number, watermark, seal and line end of one line, at their longest. */
const FRAME_BYTES = 64;
/** What nobody waits for is on the disk this much later. */
const IDLE_MS = 50;

export type JournalOptions = {
  readonly disk?: Disk;
  readonly segmentBytes?: number;
  /** Called once, at the first write or sync that fails: nothing new may be sent from then on. */
  readonly onFailure?: (problem: Problem) => void;
};

type Body = {readonly text: string; readonly bytes: number};

type Waiter = {readonly upTo: number; readonly resolve: () => void; readonly reject: (problem: Problem) => void};

/** `drained`: the disk was full and the reserve is given up; outcomes are still taken, attempts are not. `failed`: nothing is taken. */
type Condition = 'open' | 'drained' | 'failed' | 'closed';

/**
 * The only truth about a run, open for appending. Has to be closed. Records become durable in groups: the next group starts when the
 * last one is on the disk. An attempt may leave once `commit` has resolved behind its record, and not before.
 */
export class Journal {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #onFailure: (problem: Problem) => void;
  #segments!: Segments;
  #condition: Condition = 'open';
  #failure: Problem | undefined;
  #queue: Body[] = [];
  #queuedBytes = 0;
  #appended = 0;
  #durable = 0;
  #waiters: Waiter[] = [];
  #roomSeekers: (() => void)[] = [];
  #flushing: Promise<void> | undefined;
  #cancelIdle: (() => void) | undefined;

  private constructor(folder: string, {disk = realDisk, onFailure = () => {}}: JournalOptions) {
    this.#folder = folder;
    this.#disk = disk;
    this.#onFailure = onFailure;
  }

  /**
   * Begins the journal of a new run; its header is durable when this resolves. The lock must be held, and the manifest be written
   * afterwards, so that a manifest without a journal can only mean that the journal is gone. Throws RUN_EXISTS (exit 73) when the folder
   * holds a run, JOURNAL_UNWRITABLE (exit 74).
   */
  static async create(folder: string, header: HeaderRecord, options: JournalOptions = {}): Promise<Journal> {
    if (await holdsRun(folder)) throw runExists(folder);
    const disk = options.disk ?? realDisk;
    await makeReserve(folder, disk);
    return Journal.#start(folder, options, () => beginSegments(folder, header, disk));
  }

  /** Goes on where `recover` left the journal. The lock must be held. Throws JOURNAL_UNWRITABLE (exit 74). */
  static async open(folder: string, recovered: SegmentEnd, options: JournalOptions = {}): Promise<Journal> {
    await makeReserve(folder, options.disk ?? realDisk);
    return Journal.#start(folder, options, async () => recovered);
  }

  static async #start(folder: string, options: JournalOptions, begin: () => Promise<SegmentEnd>): Promise<Journal> {
    const journal = new Journal(folder, options);
    const disk = journal.#disk;
    const maxBytes = options.segmentBytes ?? SEGMENT_BYTES;
    const rescue = (error: unknown) => journal.#giveUpReserve(error);
    try {
      journal.#segments = await Segments.open(folder, await begin(), disk, maxBytes, rescue);
    } catch (error) {
      throw await unwritable(disk, join(folder, segmentName(1)), error);
    }
    return journal;
  }

  /** What went wrong with the disk, if anything did. */
  get failure(): Problem | undefined {
    return this.#failure;
  }

  /**
   * Takes a record, in memory alone; it is durable within 50 ms, or when `commit` resolves. Throws JOURNAL_UNWRITABLE (exit 74) once the
   * journal has failed; when the disk was merely full it still takes everything but attempts.
   */
  append(record: JournalRecord): void {
    if (this.#condition === 'closed') throw misuse('the journal is closed');
    if (this.#condition === 'failed' || (this.#condition === 'drained' && record.t === 'i')) throw this.#failure!;
    const text = bodyOf(record);
    const bytes = Buffer.byteLength(text) + FRAME_BYTES;
    if (bytes > MAX_UNSYNCED_BYTES) throw misuse(`a record of ${bytes} bytes is longer than ${MAX_UNSYNCED_BYTES}`);
    this.#queue.push({text, bytes});
    this.#queuedBytes += bytes;
    this.#appended++;
    if (this.#queuedBytes >= MAX_UNSYNCED_BYTES) this.#flush();
    else this.#flushSoon();
  }

  /**
   * Resolves when everything appended so far is durable. Rejects with JOURNAL_UNWRITABLE (exit 74) when that cannot be had, and always
   * once the journal has failed.
   */
  commit(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#durable === this.#appended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({upTo: this.#appended, resolve, reject});
      this.#flush();
    });
  }

  /** Resolves when less than 1 MiB waits to be written: for whoever appends much and commits nothing. */
  hasRoom(): Promise<void> {
    if (this.#queuedBytes < MAX_UNSYNCED_BYTES) return Promise.resolve();
    return new Promise((resolve) => this.#roomSeekers.push(resolve));
  }

  /** Makes everything durable and closes the files. Rejects with JOURNAL_UNWRITABLE (exit 74) when records were lost. */
  async close(): Promise<void> {
    if (this.#condition === 'closed') return;
    while (this.#queue.length > 0 || this.#flushing) await this.#flush();
    this.#cancelIdle?.();
    const lost = this.#condition === 'failed';
    this.#condition = 'closed';
    const fault = await this.#segments
      .close()
      .catch((error: unknown) => unwritable(this.#disk, this.#segments.path, error));
    await this.#disk.remove(reservePath(this.#folder)).catch(() => {});
    if (lost) throw this.#failure;
    if (fault) throw fault;
  }

  #flushSoon(): void {
    if (this.#flushing || this.#cancelIdle) return;
    this.#cancelIdle = callAt(now() + IDLE_MS, () => {
      this.#cancelIdle = undefined;
      this.#flush();
    });
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#storeAll().finally(() => {
      this.#flushing = undefined;
      if (this.#urgent()) this.#flush();
      else if (this.#queue.length > 0) this.#flushSoon();
    });
    return this.#flushing;
  }

  async #storeAll(): Promise<void> {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    // Whoever appends in the same turn belongs to the same group.
    await Promise.resolve();
    try {
      do {
        const bodies = this.#takeGroup();
        if (bodies.length > 0) await this.#segments.store(bodies);
        this.#settle(bodies.length);
      } while (this.#urgent());
    } catch (error) {
      await this.#fail(error);
    }
  }

  #urgent(): boolean {
    return this.#waiters.length > 0 || this.#queuedBytes >= MAX_UNSYNCED_BYTES;
  }

  #takeGroup(): string[] {
    let bytes = 0;
    let count = 0;
    for (const body of this.#queue) {
      if (bytes + body.bytes > MAX_UNSYNCED_BYTES) break;
      bytes += body.bytes;
      count++;
    }
    this.#queuedBytes -= bytes;
    return this.#queue.splice(0, count).map(({text}) => text);
  }

  #settle(count: number): void {
    this.#durable += count;
    const still = this.#waiters.findIndex(({upTo}) => upTo > this.#durable);
    for (const {resolve} of this.#waiters.splice(0, still < 0 ? this.#waiters.length : still)) resolve();
    if (this.#queuedBytes < MAX_UNSYNCED_BYTES) this.#dismissRoomSeekers();
  }

  /** What is pending, and the outcomes of what is in flight, get the room of the reserve. The run stops all the same. */
  async #giveUpReserve(error: unknown): Promise<boolean> {
    if (this.#condition !== 'open') return false;
    const problem = await unwritable(this.#disk, this.#segments.path, error);
    await this.#disk.remove(reservePath(this.#folder));
    this.#condition = 'drained';
    this.#announce(problem);
    return true;
  }

  async #fail(error: unknown): Promise<void> {
    const problem = this.#failure ?? (await unwritable(this.#disk, this.#segments.path, error));
    this.#condition = 'failed';
    this.#queue = [];
    this.#queuedBytes = 0;
    for (const {reject} of this.#waiters.splice(0)) reject(problem);
    this.#dismissRoomSeekers();
    this.#announce(problem);
  }

  #announce(problem: Problem): void {
    if (this.#failure) return;
    this.#failure = problem;
    this.#onFailure(problem);
  }

  #dismissRoomSeekers(): void {
    for (const resolve of this.#roomSeekers.splice(0)) resolve();
  }
}

function misuse(message: string): Problem {
  return new Problem('JOURNAL_MISUSED', message, 'Report this: the program has a fault.', {exit: EXIT.internal});
}
