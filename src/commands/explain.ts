import {Args, Command} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Explain extends Command {
  static override summary = 'Tell the story of one row.';
  static override description =
    'When it was sent, which window it had waited for, what was answered, what was decided. Read from the journal, also while the run goes on.';
  static override examples = [
    '<%= config.bin %> explain users.run 88',
    '<%= config.bin %> explain users.run 88 --json',
  ];
  static override args = {
    run: Args.string({required: true, description: 'the run folder'}),
    row: Args.integer({required: true, min: 1, description: 'the number of the row, from 1'}),
  };
  static override flags = {json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Explain);
    const {explainRow} = await import('../ui/explain.js');
    await explainRow(args.run, args.row, flags.json);
  }
}
