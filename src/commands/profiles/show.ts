import {Args, Command, Flags} from '@oclif/core';

export default class ProfilesShow extends Command {
  static override summary = 'Print a profile as a file, complete, to begin your own with.';
  static override examples = [
    '<%= config.bin %> profiles show amity > mine.yaml',
    '<%= config.bin %> profiles show amity:network',
    '<%= config.bin %> profiles show users.run > api-example-com.yaml',
  ];
  static override args = {
    profile: Args.string({
      required: true,
      description: 'a built-in name, NAME:VARIANT, a file, or a run folder: with what that run found out',
    }),
  };
  static override flags = {
    json: Flags.boolean({description: 'print JSON instead of YAML; it is a profile file too'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ProfilesShow);
    const {showProfile} = await import('../../ui/show-profiles.js');
    await showProfile(args.profile, flags.json);
  }
}
