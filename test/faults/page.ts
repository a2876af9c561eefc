/** The page of the matrix, around its table. */
export function page(lines: readonly string[]): string {
  return `# The fault matrix

Every fault that a run is expected to survive, what is expected of it, what judges that, and how it went. The table is written by \`npm run test:faults -- --write\`;
\`fixtures/faults.json\` holds the cases. A case that is only in \`npm run test:faults\` is played against the built program, from outside: a
provider in a process of its own does what the case says and writes down what it executed before it answers, and each case proves from that log, or from
strace's, or from the disk, that its fault really happened. After each case six things are asked:

- O1: rows = ok + failed + skipped + in doubt + pending.
- O2: what was executed twice is listed as in doubt, or was sent again by a decision.
- O3: what is ok was executed, and what was executed is ok, in doubt, or was refused by the provider after it.
- O4: the exit code agrees with the summary.
- O5: the last line names the next command.
- O6: the secret stands nowhere: not in the run folder, not in what was printed.

\`npm test\` plays the cases whose tests are named with a file. \`npm run test:faults -- --only B01,B05\` plays some, and a letter a whole group; \`--keep\` leaves the folder of
a case that failed. It wants strace and faketime (Debian packages) and the right to mount a small disk; a case without its tool is skipped, and says so.
\`npm run test:kills -- --kills 1000\` kills runs of 500 rows, 8 at once, at random instants, and counts what the provider executed. Half of the runs send what is in
doubt again at their end, so that there is something to be found twice. 1,000 kills, in four parts of 250, over 54 runs: 0 rows lost, 0 executed twice that were not listed
as in doubt, 1,207 twice and listed; 2,966 in doubt, at most 8 from one kill. 601 kills fell before the first request of a session, 350 while it
was sending, 49 when all was executed.

${lines.join('\n')}
`;
}
