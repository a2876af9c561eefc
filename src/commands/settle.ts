import {Args, Command, Flags} from '@oclif/core';
import {askFlags, sessionFlags} from '../ui/flags.js';

export default class Settle extends Command {
  static override summary = 'Say what became of rows in doubt.';
  static override description =
    'A row in doubt was sent, and no answer came. Look at the provider whether it was executed, and say so: ok and failed settle it, retry sends it again with the next resume, skip leaves it out. Of several decisions all are written, or none. Where the profile has probes, --probe looks.';
  static override examples = [
    '<%= config.bin %> settle users.run --row 88 --as ok',
    '<%= config.bin %> settle users.run --row 88 --row 91 --as retry --note "not in the console"',
    '<%= config.bin %> settle users.run --from users.run/in-doubt.csv',
    '<%= config.bin %> settle users.run --probe',
  ];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {
    row: Flags.integer({
      multiple: true,
      multipleNonGreedy: true,
      min: 1,
      helpValue: 'N',
      description: 'a row in doubt',
      dependsOn: ['as'],
      exclusive: ['from'],
    }),
    as: Flags.string({options: ['ok', 'failed', 'retry', 'skip'], description: 'what it is', dependsOn: ['row']}),
    note: Flags.string({helpValue: 'TEXT', description: 'why, for whoever reads the results', dependsOn: ['row']}),
    captured: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'NAME=VALUE',
      description: 'what --capture would have kept of the answer',
      dependsOn: ['row'],
    }),
    from: Flags.string({helpValue: 'FILE', description: 'in-doubt.csv, with its column _decision filled in'}),
    probe: Flags.boolean({
      description: "look at the provider, by the profile's probes, and settle the rows of which that tells",
      exclusive: ['row', 'from'],
    }),
    timeout: sessionFlags.timeout,
    'env-file': askFlags['env-file'],
    json: askFlags.json,
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Settle);
    const {settleRows} = await import('../ui/settle.js');
    process.exitCode = await settleRows(args.run, flags, this.config.version);
  }
}
