import {pipeline, type Readable} from 'node:stream';
import {createBrotliDecompress, createGunzip, createInflate} from 'node:zlib';

/** `lost`: the end never came, lies beyond the cap, or could not be decoded. What was read before that is in `text`. */
export type Body = {readonly text: string; readonly lost: boolean};

/** What `readBody` can decode, as Accept-Encoding says it. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

/**
 * Reads a body up to `capBytes` of it, counted decoded, and then stops reading and destroys `source`: a body of any length, packed or
 * not, costs no more memory than that. One layer of encoding is undone, never several. Never rejects.
 */
export async function readBody(source: Readable, encoding: string | undefined, capBytes: number): Promise<Body> {
  const decoder = openDecoder(encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  let lost = decoder === 'unknown';
  try {
    const decoded = decoder === 'none' || decoder === 'unknown' ? source : pipeline(source, decoder, () => {});
    for await (const chunk of decoded as AsyncIterable<Buffer>) {
      chunks.push(size + chunk.length > capBytes ? chunk.subarray(0, capBytes - size) : chunk);
      size += chunk.length;
      if (size > capBytes) {
        lost = true;
        break;
      }
    }
  } catch {
    lost = true;
  }
  // In streaming mode a character that was cut in the middle is left out, not replaced.
  return {text: new TextDecoder().decode(Buffer.concat(chunks), {stream: lost}), lost};
}

function openDecoder(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return 'none';
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return 'unknown';
  }
}
