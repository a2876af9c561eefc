import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Pause extends Command {
  static override summary = 'Send nothing new in a run that goes on, until sluice go.';
  static override description =
    'What is in flight is finished and journaled. The process waits; --deadline and signals go on working, and time paused counts as no time offline. A run that ended meanwhile is gone on with by resume, which begins unpaused.';
  static override examples = ['<%= config.bin %> pause users.run'];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Pause);
    const {pauseRun} = await import('../ui/control.js');
    await pauseRun(args.run, 'pause', flags.json);
  }
}
