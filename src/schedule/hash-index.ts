/** Finds a lane or a key by its hash, in some 16 bytes each: a Map of a million hashes takes five times as much. */
export type HashIndex = {
  /** The item that was added with this hash and `matches`, or `undefined`. Items whose hashes look alike are asked about in turn. */
  find(hash: number, matches: (item: number) => boolean): number | undefined;
  /** Adds an item. Items are counted from 0 and come in order; a hash is a safe integer from 0 up. */
  add(hash: number, item: number): void;
};

const FIRST_PLACES = 1024;
const FREE = 0xffffffff;
/** Multiplied by this, hashes that differ in a few bits only are spread over the whole table. */
const SPREAD = 0x9e3779b1;

/** An empty index. */
export function makeHashIndex(): HashIndex {
  let table = new Uint32Array(FIRST_PLACES).fill(FREE);
  let mixed = new Uint32Array(FIRST_PLACES / 2);

  const put = (item: number) => {
    const mask = table.length - 1;
    let place = mixed[item]! & mask;
    while (table[place] !== FREE) place = (place + 1) & mask;
    table[place] = item;
  };

  return {
    find(hash, matches) {
      const wanted = mix(hash);
      const mask = table.length - 1;
      for (let place = wanted & mask; table[place] !== FREE; place = (place + 1) & mask) {
        const item = table[place]!;
        if (mixed[item] === wanted && matches(item)) return item;
      }
      return undefined;
    },
    add(hash, item) {
      if (item === mixed.length) {
        const grown = new Uint32Array(item * 2);
        grown.set(mixed);
        mixed = grown;
        // Never more than half full.
        table = new Uint32Array(table.length * 2).fill(FREE);
        for (let each = 0; each < item; each++) put(each);
      }
      mixed[item] = mix(hash);
      put(item);
    },
  };
}

/** 53 bits become 32. */
function mix(hash: number): number {
  const low = Math.imul(hash | 0, SPREAD);
  const high = Math.imul((hash / 2 ** 32) | 0, SPREAD);
  return (low ^ (low >>> 15) ^ (high >>> 7) ^ high) >>> 0;
}
