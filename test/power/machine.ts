import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import type {Disk} from '../../src/journal/disk.js';
import {segmentNumber} from '../../src/journal/segments.js';
import {systemError} from '../journal/faulty-disk.js';
import {type Habit, type Inode, survivor} from './image.js';

/** What a session is at when the power goes. */
export type Phase = 'creation' | 'recovery' | 'opening' | 'sending' | 'rotation' | 'ending';

/** The power goes, or only the process dies: then the system still has what was written, synced or not. `step` counts what is asked of the disk in `phase`; `afterMs` of it may pass instead. */
export type Cut = {readonly kind: 'power' | 'kill'; readonly phase: Phase} & (
  | {readonly step: number}
  | {readonly afterMs: number}
);

/** A disk on which something is broken on purpose, so that the model can be seen to find it. */
export type Broken = 'no-file-sync' | 'no-folder-sync' | 'no-cut-sync' | undefined;

type Entry = Inode | 'folder';
type Naming = {readonly folder: string; readonly apply: (names: Map<string, Entry>) => void};

/** What never comes: the machine is off. One for each who waits, for a promise keeps all who wait for it. */
const never = () => new Promise<never>(() => {});

/**
 * A machine whose power can go at any instant. Files are written through to real ones below `home`, so that whoever reads finds what a running system
 * shows; beside that it is kept what is synced, and what is not may be lost, in parts and in any order, when the power goes. As POSIX has it,
 * a file's sync says nothing of its name: that is the folder's.
 */
export class Machine {
  readonly #home: string;
  readonly #random: () => number;
  readonly #habit: Habit;
  readonly #broken: Broken;
  #names = new Map<string, Entry>();
  #synced = new Map<string, Entry>();
  #namings: Naming[] = [];
  readonly #stale = new Map<string, Buffer>();
  readonly #files = new Map<number, Inode>();
  #descriptors = 3;
  #life = 0;
  #cut: Cut | undefined;
  #die: (phase: Phase) => void = () => {};
  #phase: Phase = 'creation';
  #rotates = false;
  #steps = new Map<Phase, number>();
  /** How many bytes there is room for. */
  capacity = Number.POSITIVE_INFINITY;
  /** The highest number of a line that the program was told is on the disk. */
  durableSeq = 0;

  constructor(home: string, random: () => number, habit: Habit, broken: Broken) {
    this.#home = home;
    this.#random = random;
    this.#habit = habit;
    this.#broken = broken;
  }

  /** The machine is on. `died` resolves with what it was at when the cut came; what was asked of the disk of an earlier life is never answered. */
  start(cut: Cut | undefined): {readonly disk: Disk; readonly died: Promise<Phase>} {
    this.#life += 1;
    this.#cut = cut;
    this.#steps = new Map();
    this.#rotates = false;
    const died = new Promise<Phase>((resolve) => {
      this.#die = resolve;
    });
    return {disk: this.#diskOf(this.#life), died};
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    const cut = this.#cut;
    if (cut && 'afterMs' in cut && cut.phase === phase) setTimeout(() => this.#cutNow(cut.kind), cut.afterMs);
  }

  #cutNow(kind: Cut['kind']): void {
    const phase = this.#rotates ? 'rotation' : this.#phase;
    this.#life += 1;
    if (kind === 'power') this.#losePower();
    this.#files.clear();
    this.#die(phase);
  }

  #diskOf(life: number): Disk {
    const step = <T>(apply: (whole: boolean) => T): Promise<T> => this.#step(life, apply);
    const inode = (descriptor: number) => this.#files.get(descriptor)!;
    return {
      open: async (path, how) => {
        if (how === 'new' && segmentNumber(basename(path)) !== undefined && !path.endsWith('000001.ndjson'))
          this.#rotates = true;
        return step(() => this.#open(path, how));
      },
      write: (descriptor, bytes, offset) =>
        step((whole) => this.#write(inode(descriptor), Buffer.from(bytes.subarray(offset)), whole)),
      sync: async (descriptor) => {
        const file = inode(descriptor);
        const asked = {content: file.content, changes: [...file.changes]};
        // A write that comes meanwhile is not part of it.
        await step(() => this.#sync(file, asked));
      },
      close: async (descriptor) => {
        await step(() => this.#files.delete(descriptor));
        this.#rotates = false;
      },
      makeFolder: (path) =>
        step(() => {
          mkdirSync(path, {mode: 0o700});
          this.#name(dirname(path), (names) => names.set(path, 'folder'));
        }),
      rename: (from, to) =>
        step(() => {
          renameSync(from, to);
          const moved = this.#names.get(from)!;
          this.#name(dirname(to), (names) => {
            names.delete(from);
            names.set(to, moved);
          });
        }),
      truncate: (path, size) => this.#truncate(path, size, step),
      remove: (path) =>
        step(() => {
          rmSync(path, {force: true});
          if (this.#names.has(path)) this.#name(dirname(path), (names) => names.delete(path));
        }),
      syncFolder: (folder) =>
        step(() => {
          if (this.#broken === 'no-folder-sync') return;
          for (const {apply} of this.#namings.filter((naming) => naming.folder === folder)) apply(this.#synced);
          this.#namings = this.#namings.filter((naming) => naming.folder !== folder);
        }),
      freeBytes: async () => Math.max(0, Math.min(this.capacity, 300_000) - this.#used()),
    };
  }

  /** One thing asked of the disk. The cut may come before it is begun, in its middle, or when it is done and nobody knows yet. */
  async #step<T>(life: number, apply: (whole: boolean) => T): Promise<T> {
    if (life !== this.#life) return never();
    const phase = this.#rotates ? 'rotation' : this.#phase;
    const count = (this.#steps.get(phase) ?? 0) + 1;
    this.#steps.set(phase, count);
    if (this.#cut?.phase === phase && 'step' in this.#cut && this.#cut.step === count)
      return this.#cutAt(this.#cut, apply);
    if (phase === 'sending' || phase === 'ending') await later(this.#random() * 4);
    return life === this.#life ? apply(true) : never();
  }

  #cutAt<T>({kind}: Cut, apply: (whole: boolean) => T): Promise<T> {
    const begun = this.#random();
    try {
      if (begun > 1 / 3) apply(begun > 2 / 3);
    } catch {
      // It did not come so far as to be told.
    }
    this.#cutNow(kind);
    return never();
  }

  #open(path: string, how: 'new' | 'existing'): number {
    if (how === 'new') {
      writeFileSync(path, '', {flag: 'wx', mode: 0o600});
      const made: Inode = {content: Buffer.alloc(0), synced: Buffer.alloc(0), changes: []};
      this.#name(dirname(path), (names) => names.set(path, made));
    }
    const found = this.#names.get(path);
    if (!found || found === 'folder') throw systemError('ENOENT');
    const descriptor = this.#descriptors++;
    this.#files.set(descriptor, found);
    return descriptor;
  }

  #write(file: Inode, bytes: Buffer, whole: boolean): number {
    const room = this.capacity - this.#used();
    if (room <= 0) throw systemError('ENOSPC');
    // A write may take less than it was given, whenever the system likes.
    const most = whole && this.#random() > 0.03 ? bytes.length : Math.ceil(bytes.length * this.#random());
    const taken = bytes.subarray(0, Math.min(room, Math.max(1, most)));
    file.changes.push({kind: 'write', offset: file.content.length, bytes: taken});
    file.content = Buffer.concat([file.content, taken]);
    appendFileSync(this.#pathOf(file), taken);
    return taken.length;
  }

  #sync(file: Inode, asked: Pick<Inode, 'content' | 'changes'>): void {
    if (this.#broken !== 'no-file-sync') {
      file.synced = asked.content;
      file.changes = file.changes.filter((change) => !asked.changes.includes(change));
    }
    if (segmentNumber(basename(this.#pathOf(file))) === undefined) return;
    const lines = asked.content.toString('latin1').split('\n');
    const [, seq, type] = /^\{"s":(\d+),"d":\d+,"t":"(\w+)"/.exec(lines.at(-2) ?? '') ?? [];
    // The first line of the next file counts from the line before it on.
    if (seq !== undefined && type !== 'prev') this.durableSeq = Math.max(this.durableSeq, Number(seq));
  }

  async #truncate(path: string, size: number, step: <T>(apply: () => T) => Promise<T>): Promise<void> {
    const file = this.#names.get(path) as Inode;
    await step(() => {
      truncateSync(path, size);
      file.content = file.content.subarray(0, size);
      file.changes.push({kind: 'cut', size});
    });
    await step(() => {
      if (this.#broken === 'no-cut-sync') return;
      file.synced = file.content;
      file.changes = [];
    });
  }

  #name(folder: string, apply: Naming['apply']): void {
    apply(this.#names);
    this.#namings.push({folder, apply});
  }

  #pathOf(file: Inode): string {
    for (const [path, entry] of this.#names) if (entry === file) return path;
    throw new Error('an open file has no name any more');
  }

  #used(): number {
    let bytes = 0;
    for (const entry of this.#names.values()) if (entry !== 'folder') bytes += entry.content.length;
    return bytes;
  }

  #losePower(): void {
    for (const [path, entry] of this.#names) if (entry !== 'folder') this.#stale.set(path, entry.content);
    const survived = Math.floor(this.#random() * (this.#namings.length + 1));
    this.#namings.forEach(({apply}, index) => {
      if (this.#habit.names === 'ordered' ? index < survived : this.#random() < 0.5) apply(this.#synced);
    });
    for (const [path, entry] of this.#synced) {
      if (entry === 'folder') continue;
      if (!this.#synced.has(dirname(path)) && dirname(path) !== this.#home) this.#synced.delete(path);
      entry.synced = survivor(entry, this.#habit, this.#random, this.#stale.get(path) ?? Buffer.alloc(0));
      entry.content = entry.synced;
      entry.changes = [];
    }
    this.#namings = [];
    this.#names = new Map(this.#synced);
    this.#restore();
  }

  /** What a system that starts again finds. */
  #restore(): void {
    for (const path of [...this.#names.keys()])
      if (dirname(path) === this.#home) rmSync(path, {recursive: true, force: true});
    rmSync(join(this.#home, 'users.run'), {recursive: true, force: true});
    for (const [path, entry] of this.#names) if (entry === 'folder' && !existsSync(path)) mkdirSync(path);
    for (const [path, entry] of this.#names) if (entry === 'folder') chmodSync(path, 0o700);
    for (const [path, entry] of this.#names) if (entry !== 'folder') writeFileSync(path, entry.content, {mode: 0o600});
  }
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
