import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Status extends Command {
  static override summary = 'Tell how a run or a job stands, also while it goes on.';
  static override examples = ['<%= config.bin %> status users.run', '<%= config.bin %> status users.run --json'];
  static override args = {
    run: Args.string({description: 'the folder of a run or a job; the only run here otherwise'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Status);
    const {holdsJob} = await import('../jobs/folder.js');
    if (args.run !== undefined && holdsJob(args.run)) {
      const {showJobStatus} = await import('../ui/job-status.js');
      await showJobStatus(args.run, flags.json);
      return;
    }
    const {showStatus} = await import('../ui/look.js');
    await showStatus(args.run, flags.json);
  }
}
