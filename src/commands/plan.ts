import {Args, Command} from '@oclif/core';
import {namesRun} from '../journal/folder.js';
import {askFlags, folderFlags, paceFlags, sessionFlags} from '../ui/flags.js';
import {planFlags, restFlags} from '../ui/plan-flags.js';

export default class Plan extends Command {
  static override summary = 'Tell how long a run takes, until when, and what holds it back.';
  static override description =
    'Checks every row and plays the run on a virtual clock, with the windows the run would use. Sends nothing, and needs no credential. Takes every flag of run, so that only one word of the command changes. Of a run folder it tells what remains, from the windows as they are now, also while the run goes on, and takes the flags of resume.';
  static override examples = [
    '<%= config.bin %> plan cities.csv --profile amity --region eu --operation CreateCommunity --body \'{"displayName": "{{ name }}"}\'',
    '<%= config.bin %> plan --profile stream --region feeds --count AddActivity=1e9 --count Follow=2_000_000 --share 50%',
    '<%= config.bin %> plan users.csv --profile koreai --request "POST /api/v3/users" --html plan.html',
    '<%= config.bin %> plan cities.run',
  ];
  static override args = {
    file: Args.string({
      description:
        'CSV or NDJSON, gzipped or not; - for standard input; a job of several steps, in YAML; the folder of a run, for what remains; none with --count',
    }),
  };
  // All flags of run, so that only one word of the command line changes.
  static override flags = {
    ...askFlags,
    ...paceFlags,
    ...sessionFlags,
    ...folderFlags,
    ...planFlags,
    ...restFlags,
  };

  async run(): Promise<void> {
    const {args, flags, metadata} = await this.parse(Plan);
    if (args.file !== undefined && (await namesRun(args.file))) {
      const {showRemains} = await import('../ui/show-remains.js');
      const typed = Object.keys(flags).filter((name) => !metadata.flags[name]?.setFromDefault);
      process.exitCode = await showRemains(args.file, flags, {typed, words: this.argv});
      return;
    }
    if (args.file !== undefined && !flags.count && !flags.html) {
      const {isJobFile, showJobPlan} = await import('../ui/job.js');
      if (isJobFile(args.file)) {
        process.exitCode = await showJobPlan(args.file, flags);
        return;
      }
    }
    const {showPlan} = await import('../ui/show-plan.js');
    process.exitCode = await showPlan(args.file, flags, this.argv);
  }
}
