import {Args, Command, Flags} from '@oclif/core';
import {askFlags} from '../ui/flags.js';

export default class Prune extends Command {
  static override summary = 'Remove the folders of finished runs.';
  static override description =
    'Results hold what the rows hold, personal data among it. Removed is what ended so long ago and has no row that is pending or in doubt; everything else is left, and told.';
  static override examples = [
    '<%= config.bin %> prune --older 30d --dry-run',
    '<%= config.bin %> prune archive --older 90d',
  ];
  static override args = {place: Args.string({default: '.', description: 'the folder that the run folders are in'})};
  static override flags = {
    older: Flags.string({default: '30d', helpValue: 'TIME', description: 'remove what ended longer ago than this'}),
    'dry-run': Flags.boolean({description: 'say what would be removed, and remove nothing'}),
    json: askFlags.json,
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Prune);
    const {prune} = await import('../ui/prune.js');
    const {parseDuration} = await import('../ui/words.js');
    const olderMs = parseDuration('--older', flags.older);
    await prune(args.place, {olderMs, dry: flags['dry-run'], json: flags.json});
  }
}
