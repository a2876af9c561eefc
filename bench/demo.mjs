// Shows the program against a provider in a box: 300 rows, a limit of 100 per 5 s, no network but this machine's.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const sluice = join(dirname(fileURLToPath(import.meta.url)), '../bin/run.js');
const folder = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
const users = join(folder, 'users.csv');
const rows = Array.from(
  {length: 300},
  (_, index) => `u-${index + 1},User ${index + 1},${index % 3 ? 'member' : 'admin'}`,
);
writeFileSync(users, `user_id,name,role\n${rows.join('\n')}\n`);

const provider = spawn(process.execPath, [sluice, 'simulate', 'amity', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await addressOf(provider);
  process.exitCode = await sluiceRun('plan', url);
  process.exitCode ||= await sluiceRun('run', url);
} finally {
  provider.kill();
  rmSync(folder, {recursive: true, force: true});
}

/** The first address that the provider in a box says it listens on. */
async function addressOf({stdout}) {
  for await (const line of createInterface({input: stdout})) {
    const [url] = line.match(/http:\/\/127\.0\.0\.1:\d+/) ?? [];
    if (url) return url;
  }
  throw new Error('sluice simulate ended without saying where it listens');
}

/** Types one command for the reader, and waits for its end. */
async function sluiceRun(command, url) {
  const words = [command, users, '--profile', 'amity', '--base-url', url, '--request', 'POST /api/v3/users'];
  words.push('--body', '{"userId":"{{ user_id }}","displayName":"{{ name }}","roles":["{{ role }}"]}', '--yes');
  console.log(`\n$ sluice ${words.map((word) => (/[ "{]/.test(word) ? `'${word}'` : word)).join(' ')}\n`);
  const child = spawn(process.execPath, [sluice, ...words], {
    stdio: 'inherit',
    env: {...process.env, AMITY_TOKEN: 'demo'},
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
