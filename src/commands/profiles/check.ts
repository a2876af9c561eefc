import {Args, Command} from '@oclif/core';

export default class ProfilesCheck extends Command {
  static override summary = 'Tell what is understood of a profile file, or every fault in it, with its line.';
  static override examples = ['<%= config.bin %> profiles check mine.yaml'];
  static override args = {
    file: Args.string({required: true, description: 'YAML or JSON'}),
  };

  async run(): Promise<void> {
    const {args} = await this.parse(ProfilesCheck);
    const {checkProfile} = await import('../../ui/show-profiles.js');
    checkProfile(args.file);
  }
}
