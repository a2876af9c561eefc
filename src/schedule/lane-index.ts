/** Finds a lane by the hash of its buckets, in some 16 bytes a lane: a Map of a million hashes takes five times as much. */
export type LaneIndex = {
  /** The lane that was added with this hash and `matches`, or `undefined`. Lanes whose hashes look alike are asked about in turn. */
  find(hash: number, matches: (lane: number) => boolean): number | undefined;
  /** Adds a lane. Lanes are counted from 0 and come in order; a hash is a safe integer from 0 up. */
  add(hash: number, lane: number): void;
};

const FIRST_PLACES = 1024;
const FREE = 0xffffffff;
/** Multiplied by this, hashes that differ in a few bits only are spread over the whole table. */
const SPREAD = 0x9e3779b1;

/** An empty index. */
export function makeLaneIndex(): LaneIndex {
  let table = new Uint32Array(FIRST_PLACES).fill(FREE);
  let mixed = new Uint32Array(FIRST_PLACES / 2);

  const put = (lane: number) => {
    const mask = table.length - 1;
    let place = mixed[lane]! & mask;
    while (table[place] !== FREE) place = (place + 1) & mask;
    table[place] = lane;
  };

  return {
    find(hash, matches) {
      const wanted = mix(hash);
      const mask = table.length - 1;
      for (let place = wanted & mask; table[place] !== FREE; place = (place + 1) & mask) {
        const lane = table[place]!;
        if (mixed[lane] === wanted && matches(lane)) return lane;
      }
      return undefined;
    },
    add(hash, lane) {
      if (lane === mixed.length) {
        const grown = new Uint32Array(lane * 2);
        grown.set(mixed);
        mixed = grown;
        // Never more than half full.
        table = new Uint32Array(table.length * 2).fill(FREE);
        for (let each = 0; each < lane; each++) put(each);
      }
      mixed[lane] = mix(hash);
      put(lane);
    },
  };
}

/** 53 bits become 32. */
function mix(hash: number): number {
  const low = Math.imul(hash | 0, SPREAD);
  const high = Math.imul((hash / 2 ** 32) | 0, SPREAD);
  return (low ^ (low >>> 15) ^ (high >>> 7) ^ high) >>> 0;
}
