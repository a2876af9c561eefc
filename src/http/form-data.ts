import {openAsBlob} from 'node:fs';
import type {Upload} from '../exchange.js';
import {EXIT, Problem} from '../problem.js';

/**
 * A form with its files, which are opened here and read only while they are sent. Throws a Problem (`REQUEST_MALFORMED`) where a file is gone or
 * has another size than when its row was checked; one that changes while it is read breaks the request off.
 */
export async function openFormData(upload: Upload): Promise<FormData> {
  const form = new FormData();
  for (const field of upload) {
    if ('text' in field) {
      form.append(field.name, field.text);
      continue;
    }
    const {path, filename, bytes, type} = field.file;
    const blob = await open(path, type);
    if (!blob) throw changed(path, 'cannot be read any more');
    if (blob.size !== bytes) throw changed(path, `has ${blob.size} bytes, and had ${bytes} when its row was checked`);
    form.append(field.name, blob, filename);
  }
  return form;
}

async function open(path: string, type: string): Promise<Blob | undefined> {
  try {
    return await openAsBlob(path, {type});
  } catch {
    return undefined;
  }
}

function changed(path: string, what: string): Problem {
  return new Problem('REQUEST_MALFORMED', `${path} ${what}`, 'Put the file back, and send the row again.', {
    exit: EXIT.misfit,
  });
}
