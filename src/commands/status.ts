import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Status extends Command {
  static override summary = 'Tell how a run stands, also while it goes on.';
  static override examples = ['<%= config.bin %> status users.run', '<%= config.bin %> status users.run --json'];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Status);
    const {showStatus} = await import('../ui/look.js');
    await showStatus(args.run, flags.json);
  }
}
