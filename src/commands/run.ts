import {Args, Command, Flags} from '@oclif/core';
import {askFlags, folderFlags, paceFlags, sessionFlags} from '../ui/flags.js';
import {onlyFlag} from '../ui/job-flags.js';

export default class Run extends Command {
  static override summary = 'Send every row of a file to a provider, under its limits.';
  static override description =
    'Checks every row, then sends them as fast as the provider allows and never faster. What happens is kept in a run folder, so that an interrupted run goes on with: sluice resume.';
  static override examples = [
    '<%= config.bin %> run cities.csv --profile amity --region eu --operation CreateCommunity --body \'{"displayName": "{{ name }}"}\'',
    "<%= config.bin %> run members.csv --profile amity --region eu --request 'DELETE /api/v3/communities/{{ community }}/users?userIds[]={{ user }}'",
    '<%= config.bin %> run operations.ndjson --profile ./mine.yaml --share 60% --deadline 55m --or-resume',
  ];
  static override args = {
    file: Args.string({
      required: true,
      description: 'CSV or NDJSON, gzipped or not; - for standard input; or a job of several steps, in YAML',
    }),
  };
  static override flags = {
    ...askFlags,
    ...paceFlags,
    ...sessionFlags,
    ...folderFlags,
    only: onlyFlag,
    'accept-template': Flags.boolean({
      description:
        'where it was begun with another request, header or body: send the rows that are not done by this one',
      dependsOn: ['or-resume'],
    }),
    'dry-run': Flags.boolean({description: 'check and plan, send nothing: the same as plan'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Run);
    const {isJobFile, sendJob, showJobPlan} = await import('../ui/job.js');
    if (isJobFile(args.file)) {
      process.exitCode = flags['dry-run']
        ? await showJobPlan(args.file, flags)
        : await sendJob(args.file, flags, this.config.version);
      return;
    }
    if (flags['dry-run']) {
      const {showPlan} = await import('../ui/show-plan.js');
      process.exitCode = await showPlan(args.file, flags, this.argv);
      return;
    }
    const {sendFile} = await import('../ui/send.js');
    process.exitCode = await sendFile(args.file, flags, this.config.version);
  }
}
