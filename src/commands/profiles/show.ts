import {Args, Command, Flags} from '@oclif/core';

export default class ProfilesShow extends Command {
  static override summary = 'Print a profile as a file, complete, to begin your own with.';
  static override examples = [
    '<%= config.bin %> profiles show amity > mine.yaml',
    '<%= config.bin %> profiles show amity:network',
  ];
  static override args = {
    profile: Args.string({required: true, description: 'a built-in name, NAME:VARIANT, or a file'}),
  };
  static override flags = {
    json: Flags.boolean({description: 'print JSON instead of YAML; it is a profile file too'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ProfilesShow);
    const {showProfile} = await import('../../ui/show-profiles.js');
    showProfile(args.profile, flags.json);
  }
}
