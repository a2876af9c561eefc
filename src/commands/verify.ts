import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Verify extends Command {
  static override summary = 'Prove that every row of a run is accounted for, once.';
  static override description =
    'Reads journal and input alone, and prints the proof that rows = ok + failed + in doubt + skipped + pending. Writes nothing. Exits with 65 where it does not hold.';
  static override examples = ['<%= config.bin %> verify users.run', '<%= config.bin %> verify users.run --json'];
  static override args = {
    run: Args.string({description: 'the folder of a run or a job; the only run here otherwise'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Verify);
    const {holdsJob} = await import('../jobs/folder.js');
    if (args.run !== undefined && holdsJob(args.run)) {
      const {proveJob} = await import('../ui/job-status.js');
      process.exitCode = await proveJob(args.run, flags.json);
      return;
    }
    const {showProof} = await import('../ui/verify.js');
    process.exitCode = await showProof(args.run, flags.json);
  }
}
