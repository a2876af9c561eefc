import {Command, Flags} from '@oclif/core';

export default class Profiles extends Command {
  static override summary = 'List the built-in profiles: what each provider allows.';
  static override examples = ['<%= config.bin %> profiles', '<%= config.bin %> profiles show amity > mine.yaml'];
  static override flags = {
    json: Flags.boolean({description: 'print the list as JSON'}),
  };

  async run(): Promise<void> {
    const {flags} = await this.parse(Profiles);
    const {showProfiles} = await import('../ui/show-profiles.js');
    showProfiles(flags.json);
  }
}
