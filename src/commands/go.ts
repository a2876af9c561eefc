import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Go extends Command {
  static override summary = 'Go on with a run that was paused.';
  static override description = 'Windows are as they are by then. A run that has ended is gone on with by resume.';
  static override examples = ['<%= config.bin %> go users.run'];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Go);
    const {pauseRun} = await import('../ui/control.js');
    await pauseRun(args.run, 'go', flags.json);
  }
}
