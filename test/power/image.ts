/** What a write or a cut changed of a file since it was last synced. */
export type Change =
  | {readonly kind: 'write'; readonly offset: number; readonly bytes: Buffer}
  | {readonly kind: 'cut'; readonly size: number};

/** A file: as who reads it now sees it, as it surely is after a power cut, and what lies between the two. */
export type Inode = {content: Buffer; synced: Buffer; changes: Change[]};

/** How the disk of one seed loses what was not synced. */
export type Habit = {
  readonly sectorBytes: 512 | 4096;
  /** How much of each write survives: any sectors at this chance, or those before (behind) a chance one. */
  readonly survives: number | 'beginning' | 'end';
  /** A sector that survives may be torn too: only its beginning was written. */
  readonly tears: number;
  /** What is found where a file has grown and its sectors were never written: what lay there before, in the worst case. */
  readonly filler: 'zeros' | 'noise' | 'stale';
  /** How far a file is found to have grown. */
  readonly grows: 'all' | 'written' | 'any';
  /** Names that were not synced survive in order, or any of them. */
  readonly names: 'ordered' | 'any';
};

export function habitOf(random: () => number): Habit {
  const of = <T>(...choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!;
  return {
    sectorBytes: of(512, 4096),
    survives: of<Habit['survives']>(0, 0.2, 0.5, 0.8, 1, 'beginning', 'beginning', 'end'),
    tears: of(0, 0, 0.2, 1),
    filler: of('zeros', 'noise', 'stale'),
    grows: of('all', 'written', 'any'),
    names: of('ordered', 'any'),
  };
}

/** What is left of a file after the power went. `stale` is what earlier lay in its place. */
export function survivor(inode: Inode, habit: Habit, random: () => number, stale: Buffer): Buffer {
  if (inode.changes.length === 0) return inode.synced;
  let image = inode.synced;
  let least = image.length;
  for (const change of inode.changes) {
    if (change.kind === 'write') image = written(image, change, habit, random, stale);
    else if (random() < 0.5) image = Buffer.from(image.subarray(0, change.size));
    least = Math.min(least, image.length);
  }
  if (habit.grows === 'any') return image.subarray(0, least + Math.floor(random() * (image.length - least + 1)));
  if (habit.grows === 'written' || random() < 0.5) return image;
  const size = Math.max(inode.content.length, image.length);
  return grown(image, size, habit, random, stale);
}

function written(
  image: Buffer,
  {offset, bytes}: Change & {kind: 'write'},
  habit: Habit,
  random: () => number,
  stale: Buffer,
): Buffer {
  const {sectorBytes, survives, tears} = habit;
  const first = Math.floor(offset / sectorBytes);
  const last = Math.floor((offset + bytes.length - 1) / sectorBytes);
  const turn = first + Math.floor(random() * (last - first + 2));
  let found = image;
  for (let sector = first; sector <= last; sector++) {
    const kept = survives === 'beginning' ? sector < turn : survives === 'end' ? sector >= turn : random() < survives;
    if (!kept) continue;
    const from = Math.max(offset, sector * sectorBytes);
    const end = Math.min(offset + bytes.length, (sector + 1) * sectorBytes);
    const to = random() < tears ? from + Math.floor(random() * (end - from + 1)) : end;
    // A sector is written whole: what stood in it before this write is as it was, whether the file had got so far or not.
    found = Buffer.from(found.length < to ? grown(found, to, habit, random, stale) : found);
    bytes.copy(found, from, from - offset, to - offset);
  }
  return found;
}

function grown(image: Buffer, size: number, {filler}: Habit, random: () => number, stale: Buffer): Buffer {
  const found = Buffer.alloc(size);
  if (filler === 'noise') for (let at = image.length; at < size; at++) found[at] = Math.floor(random() * 256);
  if (filler === 'stale') stale.copy(found, 0, 0, Math.min(stale.length, size));
  image.copy(found);
  return found;
}
