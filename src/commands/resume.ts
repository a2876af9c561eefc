import {Args, Command, Flags} from '@oclif/core';
import {askFlags, paceFlags, sessionFlags} from '../ui/flags.js';
import {onlyFlag} from '../ui/job-flags.js';
import {restFlags} from '../ui/plan-flags.js';

export default class Resume extends Command {
  static override summary = 'Go on with a run that was interrupted.';
  static override description =
    'What is settled stays settled, attempts without an answer are in doubt, and windows and pauses are as they were.';
  static override examples = [
    '<%= config.bin %> resume users.run',
    '<%= config.bin %> resume users.run --retry-failed',
    '<%= config.bin %> resume users.run --retry-failed --with fixed.csv',
  ];
  static override args = {
    run: Args.string({description: 'the folder of a run or a job; the only run here otherwise'}),
  };
  static override flags = {
    ...paceFlags,
    ...sessionFlags,
    credential: askFlags.credential,
    'env-file': askFlags['env-file'],
    rows: askFlags.rows,
    json: askFlags.json,
    'in-doubt': Flags.string({
      helpGroup: 'PATIENCE',
      options: ['hold', 'retry', 'probe'],
      default: 'hold',
      description: "hold rows that may have been executed, send them again, or look first, by the profile's probes",
    }),
    ...restFlags,
    with: Flags.string({
      description: 'a corrected copy of failed.csv: only its rows are sent again, with the cells that stand there',
      dependsOn: ['retry-failed'],
      helpValue: 'FILE',
    }),
    'accept-credential': Flags.boolean({
      description: 'go on with another secret of the same account, after a rotation',
    }),
    'accept-appended': Flags.boolean({description: 'send the rows too that were added at the end of the file'}),
    only: onlyFlag,
    'accept-copy': Flags.boolean({
      description: 'go on with a copied run folder, where nobody goes on with the one it was copied from',
    }),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Resume);
    const {holdsJob} = await import('../jobs/folder.js');
    if (args.run !== undefined && holdsJob(args.run)) {
      const {goOnJob} = await import('../ui/job.js');
      process.exitCode = await goOnJob(args.run, flags, this.config.version);
      return;
    }
    const {goOn} = await import('../ui/send.js');
    process.exitCode = await goOn(args.run, flags, this.config.version);
  }
}
