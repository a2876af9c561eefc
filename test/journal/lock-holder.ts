import {acquireLock} from '../../src/journal/lock.js';
import {Problem} from '../../src/problem.js';

// Started by the tests of the lock: waits for a line, tries to lock the folder it was given, says what came of it, and stays.
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  try {
    await acquireLock(process.argv[2]!);
    process.stdout.write('owner\n');
  } catch (error) {
    process.stdout.write(error instanceof Problem ? `exit ${error.exit}: ${error.message}\n` : `${error}\n`);
  }
});
