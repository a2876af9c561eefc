// Runs one command line after another as bin/run.js would, in one process: a process for each would take most of the time of
// the tests. What belongs to a process is put back before each: folder, environment, exit code, streams.
const {join} = require('node:path');

const PROGRAM = join(__dirname, '../../bin/run.js');
const START = join(__dirname, '../../bin/start.js');
const home = process.cwd();

process.on('message', async ({args, cwd, env}) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv.splice(2, process.argv.length, ...args);
  process.exitCode = 0;
  const said = {exit: undefined, stdout: '', stderr: ''};
  const write = {stdout: process.stdout.write, stderr: process.stderr.write};
  for (const name of ['stdout', 'stderr'])
    process[name].write = (text, ...rest) => {
      said[name] += text;
      rest.at(-1)?.call?.();
      return true;
    };
  const exit = process.exit;
  process.exit = (code) => {
    said.exit ??= code;
  };
  for (const file of [PROGRAM, START]) delete require.cache[file];
  await require(PROGRAM);
  process.exit = exit;
  Object.assign(process.stdout, {write: write.stdout});
  Object.assign(process.stderr, {write: write.stderr});
  for (const event of ['uncaughtException', 'SIGUSR1']) process.removeAllListeners(event);
  process.chdir(home);
  process.send({exit: said.exit ?? process.exitCode ?? 0, signal: null, stdout: said.stdout, stderr: said.stderr});
});
