import {Command} from '@oclif/core';

export default class ProfilesSchema extends Command {
  static override summary = 'Print the JSON Schema of profile files, for an editor.';
  static override examples = ['<%= config.bin %> profiles schema > profile.schema.json'];

  async run(): Promise<void> {
    await this.parse(ProfilesSchema);
    const {showSchema} = await import('../../ui/show-profiles.js');
    showSchema();
  }
}
