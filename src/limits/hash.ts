/**
 * A hash of 53 bits, so that it is exact in a double: a million buckets or lanes are a million numbers, not a million strings.
 * Two keys that fall together share a bucket, which is slower and never wrong (one pair in ten thousand runs of a million keys).
 * The mixing is that of MurmurHash3's 32-bit finaliser over two halves.
 */
export function hashText(text: string, seed = 0): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = mix(high) ^ mix(low ^ 0x27d4eb2f);
  low = mix(low) ^ mix(high);
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

/** Scatters whole numbers evenly over those below 2^32, near ones far apart and the same one always alike. */
export function scatter(number: number): number {
  return mix(Math.imul(number, 0x9e3779b1)) >>> 0;
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
