import {Args, Command} from '@oclif/core';
import {askFlags, setFlags} from '../ui/flags.js';

export default class SetPace extends Command {
  static override summary = 'Change how fast a run goes, while it goes on.';
  static override description =
    'Takes effect within a second and stands in the journal; a later resume keeps it unless it says otherwise. What the provider told, and what the windows hold, stays in force. Only limits that the run has can be changed: a further one is added on resume.';
  static override examples = [
    '<%= config.bin %> set users.run --share 50% --concurrency 4',
    '<%= config.bin %> set users.run --limit network=80/5s --pace even',
  ];
  static override args = {
    run: Args.string({description: 'the run folder; the only one here otherwise'}),
  };
  static override flags = {...setFlags, json: askFlags.json};

  async run(): Promise<void> {
    const {args, flags} = await this.parse(SetPace);
    const {setRun} = await import('../ui/control.js');
    await setRun(args.run, flags, flags.json);
  }
}
