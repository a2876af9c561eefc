import {hashText} from '../limits/hash.js';
import {makeHashIndex} from './hash-index.js';

/** Numbers the keys of a file, from 1, in the order in which they come. */
export type KeyIds = {idOf(key: string): number; readonly count: number};

const FIRST_KEYS = 1024;
/** Of the second hash; any other than that of the first. */
const OTHER_SEED = 1;

/**
 * No key yet. A key costs some 24 bytes, however long it is: it is known by two hashes of 53 and 32 bits, so that two keys are taken for one in none of
 * a million files with a million keys each.
 */
export function makeKeyIds(): KeyIds {
  const index = makeHashIndex();
  let hashes = new Float64Array(FIRST_KEYS);
  let count = 0;
  return {
    get count() {
      return count;
    },
    idOf(key) {
      const hash = hashText(key);
      const other = hashText(key, OTHER_SEED);
      const found = index.find(other, (each) => hashes[each] === hash);
      if (found !== undefined) return found + 1;
      if (count === hashes.length) {
        const grown = new Float64Array(count * 2);
        grown.set(hashes);
        hashes = grown;
      }
      hashes[count] = hash;
      index.add(other, count);
      count += 1;
      return count;
    },
  };
}
