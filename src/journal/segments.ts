import {join} from 'node:path';
import {type Disk, isFull, writeAll, writeDurably} from './disk.js';
import type {HeaderRecord, SegmentRecord} from './record.js';
import {bodyOf, sealBody, sealLine, seedOf} from './seal.js';

/** A file of the journal is followed by the next one when it has grown beyond this. */
export const SEGMENT_BYTES = 256 * 1024 * 1024;

const NAME = /^journal-(\d{6,})\.ndjson$/;

/** `journal-000001.ndjson`: the files of a journal, in order. */
export function segmentName(segment: number): string {
  return `journal-${String(segment).padStart(6, '0')}.ndjson`;
}

/** The number in the name of a journal's file, or `undefined` for any other file. */
export function segmentNumber(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where a writer goes on: the last file, its length, the number of its last line. */
export type SegmentEnd = {
  readonly run: string;
  readonly segment: number;
  readonly size: number;
  readonly lastSeq: number;
};

/** Frees room on a full disk. False when there is none to free. */
export type Rescue = (error: unknown) => Promise<boolean>;

/** Writes the first line of a journal, by rename: it is never torn. Resolves with where to go on. */
export async function beginSegments(folder: string, header: HeaderRecord, disk: Disk): Promise<SegmentEnd> {
  const line = `${sealLine(header, 1, 0, seedOf(header.run))}\n`;
  await writeDurably(join(folder, segmentName(1)), line, disk);
  return {run: header.run, segment: 1, size: Buffer.byteLength(line), lastSeq: 1};
}

/** The files of one journal, open for appending at the end of the last one. Has to be closed. One `store` at a time. */
export class Segments {
  readonly #folder: string;
  readonly #disk: Disk;
  #maxBytes: number;
  readonly #rescue: Rescue;
  readonly #seed: number;
  #descriptor: number;
  #segment: number;
  #size: number;
  /** The number of the last line formed, and of the last line known to be durable. */
  #seq: number;
  #durable: number;

  private constructor(
    folder: string,
    end: SegmentEnd,
    descriptor: number,
    disk: Disk,
    maxBytes: number,
    rescue: Rescue,
  ) {
    this.#folder = folder;
    this.#disk = disk;
    this.#maxBytes = maxBytes;
    this.#rescue = rescue;
    this.#seed = seedOf(end.run);
    this.#descriptor = descriptor;
    this.#segment = end.segment;
    this.#size = end.size;
    this.#seq = end.lastSeq;
    this.#durable = end.lastSeq;
  }

  static async open(folder: string, end: SegmentEnd, disk: Disk, maxBytes: number, rescue: Rescue): Promise<Segments> {
    const descriptor = await disk.open(join(folder, segmentName(end.segment)), 'existing');
    return new Segments(folder, end, descriptor, disk, maxBytes, rescue);
  }

  /** The file that is being written. */
  get path(): string {
    return join(this.#folder, segmentName(this.#segment));
  }

  /** Seals and writes the records; resolves when they are durable. After a rejection nothing may be stored any more. */
  async store(bodies: readonly string[]): Promise<void> {
    if (this.#size >= this.#maxBytes) await this.#goOn();
    const durable = this.#durable;
    const lines = bodies.map((body) => `${sealBody(body, ++this.#seq, durable, this.#seed)}\n`);
    await this.#write(Buffer.from(lines.join('')));
    // Never tried twice: after an error the system may call pages clean that never reached the disk.
    await this.#disk.sync(this.#descriptor);
    this.#durable = this.#seq;
  }

  close(): Promise<void> {
    return this.#disk.close(this.#descriptor);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      try {
        const written = await this.#disk.write(this.#descriptor, bytes, offset);
        if (written === 0) throw Object.assign(new Error('the disk took no byte'), {code: 'EIO'});
        offset += written;
      } catch (error) {
        if (!isFull(error) || !(await this.#rescue(error))) throw error;
      }
    }
    this.#size += bytes.length;
  }

  /**
   * Begins the next file. Its first line is durable before the last line of this one is written: where `next` stands, the next file
   * must be, and a next file without it was never gone on with.
   */
  async #goOn(): Promise<void> {
    const [from, to] = [segmentName(this.#segment), segmentName(this.#segment + 1)];
    const descriptor = await this.#begin(join(this.#folder, to), {t: 'prev', file: from, seq: this.#seq + 1});
    if (descriptor === undefined) return;
    await this.#write(this.#sealed({t: 'next', file: to}, this.#seq + 1));
    await this.#disk.sync(this.#descriptor);
    await this.#disk.close(this.#descriptor);
    this.#descriptor = descriptor;
    this.#segment++;
    this.#seq += 2;
    this.#size = this.#sealed({t: 'prev', file: from, seq: this.#seq - 1}, this.#seq).length;
    this.#durable = this.#seq;
  }

  /** The descriptor of the new file with its first line durable, or `undefined` when the disk is full: the old file serves longer. */
  async #begin(path: string, first: SegmentRecord): Promise<number | undefined> {
    let descriptor: number | undefined;
    try {
      descriptor = await this.#disk.open(path, 'new');
      await writeAll(this.#disk, descriptor, this.#sealed(first, this.#seq + 2));
    } catch (error) {
      if (descriptor !== undefined) await this.#disk.close(descriptor);
      if (!isFull(error) || !(await this.#rescue(error))) throw error;
      await this.#disk.remove(path);
      this.#maxBytes = Number.POSITIVE_INFINITY;
      return undefined;
    }
    await this.#disk.sync(descriptor);
    await this.#disk.syncFolder(this.#folder);
    return descriptor;
  }

  #sealed(record: SegmentRecord, s: number): Buffer {
    return Buffer.from(`${sealBody(bodyOf(record), s, this.#durable, this.#seed)}\n`);
  }
}
