import {Command} from '@oclif/core';

export default class JobsSchema extends Command {
  static override summary = 'Print the JSON Schema of job files, for an editor.';
  static override examples = ['<%= config.bin %> jobs schema > job.schema.json'];

  async run(): Promise<void> {
    await this.parse(JobsSchema);
    const {jobJsonSchema} = await import('../../jobs/schema.js');
    process.stdout.write(`${JSON.stringify(jobJsonSchema(), null, 2)}\n`);
  }
}
