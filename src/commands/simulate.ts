import {Args, Command, Flags} from '@oclif/core';
import type {Served} from '../simulate/announce.js';

export default class Simulate extends Command {
  static override summary = 'Serve the limits of a profile on a local port.';
  static override description =
    'Counts by time of arrival, refuses as the profile says, and logs what was executed, until Ctrl-C. Then it says what was done twice.';
  static override examples = [
    '<%= config.bin %> simulate amity --latency 20-200 --log executed.ndjson',
    '<%= config.bin %> simulate koreai --speed 60 --save-profile fast.yaml --faults 500=2%,reset-after=1%',
  ];
  static override enableJsonFlag = true;
  static override args = {
    name: Args.string({required: true, description: 'a built-in profile, NAME:VARIANT, or a file'}),
  };
  static override flags = {
    port: Flags.integer({default: 0, min: 0, max: 65_535, description: 'listen on this port; 0: any free one'}),
    latency: Flags.string({
      default: '0',
      description: 'milliseconds, half before a request counts and half after: 20-200',
    }),
    speed: Flags.string({default: '1', description: 'make its windows so many times shorter'}),
    faults: Flags.string({
      default: '',
      description: '500=2%, 500-after, reset-before, reset-after, hang, refuse, cut; no-headers, retry-after',
    }),
    seed: Flags.integer({default: 1, description: 'of latencies and faults'}),
    log: Flags.string({description: 'append a line for every request to this file'}),
    scope: Flags.string({multiple: true, description: 'where a scope value shows in a request: user=header:x-user'}),
    state: Flags.boolean({
      description: 'amity: keep what is created, hand out ids, refuse unknown parents and duplicates',
    }),
    'save-profile': Flags.string({description: 'write the profile, with its windows and address, to this file'}),
  };

  async run(): Promise<Served> {
    const {args, flags} = await this.parse(Simulate);
    const [{serveProfile}, {showServed}] = await Promise.all([
      import('../simulate/serve.js'),
      import('../simulate/announce.js'),
    ]);
    const ended = new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
    });
    // Standard output belongs to the JSON when that was asked for.
    const stream = this.jsonEnabled() ? process.stderr : process.stdout;
    const served = await serveProfile({...flags, name: args.name}, ended, (text) => stream.write(`${text}\n`));
    this.log(showServed(served));
    return served;
  }
}
