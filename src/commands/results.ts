import {Args, Command, Flags} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Results extends Command {
  static override summary = 'Write results, failed and in-doubt rows again, from the journal.';
  static override examples = [
    '<%= config.bin %> results users.run',
    '<%= config.bin %> results users.run --format csv',
  ];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {
    format: Flags.string({options: ['ndjson', 'csv'], default: 'ndjson', description: 'of the results'}),
    json: askFlags.json,
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Results);
    const {writeAgain} = await import('../ui/look.js');
    await writeAgain(args.run, {format: flags.format as 'ndjson' | 'csv', json: flags.json});
  }
}
