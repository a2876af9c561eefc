import {Flags} from '@oclif/core';

/** What a plan may be asked for beside what a run is. */
export const planFlags = {
  count: Flags.string({
    helpGroup: 'COUNTS',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'OPERATION=1e9',
    description: "plan so many requests without a FILE: an operation, a group, or 'POST /path=1e6'",
    exclusive: ['request', 'operation', 'body', 'form', 'id', 'key', 'phase', 'rows', 'delimiter', 'skip-invalid'],
  }),
  keys: Flags.string({
    helpGroup: 'COUNTS',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=5000',
    description: 'over how many values of a key of limits, such as user, counted requests are spread; 1 otherwise',
    dependsOn: ['count'],
  }),
  html: Flags.string({
    helpValue: 'FILE',
    description: 'write the plan as one self-contained page as well, with a picture of it',
  }),
  force: Flags.boolean({description: 'write over the file that --html names', dependsOn: ['html']}),
};

/** What may be said of the rest of a run, beside pace and patience. */
export const restFlags = {
  'retry-failed': Flags.boolean({description: 'of a run: send failed rows again'}),
  input: Flags.string({helpValue: 'FILE', description: 'of a run: where its file is now'}),
};
