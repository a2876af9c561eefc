// What all rivals share: the rows of the CSV file, and the request that each becomes. node bench/rivals/NAME.mjs FILE URL SETTINGS
import {readFileSync} from 'node:fs';
import {parse} from 'csv-parse/sync';

const [, , file, url, words = '{}'] = process.argv;

export const rows = parse(readFileSync(file), {columns: true});

/** How the limiter is set in this case: JSON. */
export const settings = JSON.parse(words);

/** Sends one row. Throws what the tools' own retries are asked about: an error with the status. */
export async function send({n, name, user}) {
  const response = await fetch(`${url}/communities`, {
    method: 'POST',
    headers: {'content-type': 'application/json', 'x-row': n, 'x-user': user},
    body: JSON.stringify({displayName: name}),
  });
  await response.text();
  if (!response.ok) throw Object.assign(new Error(`row ${n}: ${response.status}`), {status: response.status});
}

/** Waits for every row and says how many never got through. */
export async function settle(promises) {
  const failed = (await Promise.allSettled(promises)).filter(({status}) => status === 'rejected');
  console.error(`${rows.length - failed.length} of ${rows.length} rows sent`);
  for (const {reason} of failed.slice(0, 3)) console.error(String(reason));
  process.exitCode = failed.length > 0 ? 1 : 0;
}
