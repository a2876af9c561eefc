import {Args, Command, Flags} from '@oclif/core';

export default class Init extends Command {
  static override summary = 'Write a job file, after a few questions.';
  static override description =
    'Asks which file has the rows, whose API it is and what each row becomes, and writes a job of one step that can be planned at once. What is said with flags is not asked.';
  static override examples = [
    '<%= config.bin %> init',
    "<%= config.bin %> init job.yaml --input users.csv --profile amity --region eu --request 'POST /api/v3/sessions'",
  ];
  static override args = {file: Args.string({default: 'job.yaml', description: 'the job file to write'})};
  static override flags = {
    input: Flags.string({helpValue: 'FILE', description: 'CSV or NDJSON with the rows'}),
    profile: Flags.string({char: 'p', helpValue: 'NAME|FILE', description: 'provider profile'}),
    region: Flags.string({helpValue: 'NAME', description: "one of the profile's regions"}),
    'base-url': Flags.string({helpValue: 'URL', description: "the provider's address"}),
    request: Flags.string({char: 'r', helpValue: "'POST /path/{{ column }}'", exclusive: ['operation']}),
    operation: Flags.string({char: 'o', helpValue: 'NAME', description: 'an operation of the profile'}),
    id: Flags.string({helpValue: 'COLUMN', description: 'column that names each row in results'}),
    force: Flags.boolean({description: 'write over a file that is there'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Init);
    const {initJob} = await import('../ui/init.js');
    const {terminalOf} = await import('../ui/terminal.js');
    const {tty} = terminalOf(process.stdin, process.env);
    const ask = tty ? (await import('../ui/prompts.js')).askAtTerminal : undefined;
    process.exitCode = await initJob(args.file, flags, ask);
  }
}
