import {Flags} from '@oclif/core';

/** What is to be sent, to whom and how fast: the flags of `run` and `plan`. */
export const askFlags = {
  profile: Flags.string({
    char: 'p',
    required: true,
    helpValue: 'NAME|FILE',
    description: 'provider profile: a built-in name, NAME:VARIANT, or a YAML file',
  }),
  'base-url': Flags.string({helpValue: 'URL', description: 'send to this address instead of the profile’s'}),
  region: Flags.string({helpValue: 'NAME', description: 'one of the profile’s regions'}),
  request: Flags.string({
    char: 'r',
    helpValue: "'POST /path/{{ column }}'",
    description: 'what each row becomes, in a file of plain rows',
    exclusive: ['operation'],
  }),
  operation: Flags.string({
    char: 'o',
    helpValue: 'NAME',
    description: 'what each row becomes: an operation of the profile',
  }),
  header: Flags.string({
    char: 'H',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "'Name: value'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the operator writes it.
    description: 'header of every request; ${NAME} is taken from the environment and masked',
  }),
  body: Flags.string({
    char: 'b',
    helpValue: 'JSON|@FILE',
    description: 'body of every request, with {{ column }} in it',
  }),
  id: Flags.string({helpValue: 'COLUMN', description: 'column that names each row in results'}),
  scope: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=@COLUMN|VALUE',
    description: 'value of a limit’s key, from a column or the same for all',
  }),
  credential: Flags.string({helpValue: 'NAME', description: 'one of the profile’s credentials'}),
  'env-file': Flags.string({helpValue: 'FILE', description: 'file of NAME=VALUE lines, mode 0600, that holds secrets'}),
  'allow-origin': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ORIGIN',
    description: 'another origin rows may lead to; gets no credential',
  }),
  delimiter: Flags.string({helpValue: 'CHAR', description: 'of the CSV file; found out otherwise'}),
  rows: Flags.string({helpValue: '1-3', description: 'send these rows and leave the others pending'}),
  'skip-invalid': Flags.boolean({description: 'leave rows out that cannot be sent, and count them as failed'}),
  latency: Flags.string({
    helpValue: '120ms',
    default: '100ms',
    description: 'what a response is expected to take, for the plan',
  }),
  json: Flags.boolean({description: 'print the result as JSON on standard output, and nothing else'}),
};

/** How fast, and how long to wait: what may be said anew when a run is resumed. */
export const paceFlags = {
  limit: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '[NAME=]80/5s',
    description: 'replace a limit of the profile, or add one over all requests',
  }),
  share: Flags.string({helpValue: '60%', description: 'how much of every window to use'}),
  concurrency: Flags.integer({min: 1, helpValue: 'N', description: 'requests under way at once'}),
};

/** What one session of a run is to put up with: the flags of `run` and `resume`. */
export const sessionFlags = {
  timeout: Flags.string({default: '30s', helpValue: 'TIME', description: 'bound of one attempt'}),
  'max-wait': Flags.string({
    default: '15m',
    helpValue: 'TIME',
    description: 'stop when the provider orders a longer wait, or refuses everything for so long',
  }),
  'max-offline': Flags.string({
    default: '30m',
    helpValue: 'TIME',
    description: 'stop when the network is gone for so long',
  }),
  'max-attempts': Flags.integer({min: 1, helpValue: 'N', description: 'attempts per row; the profile’s otherwise'}),
  deadline: Flags.string({helpValue: '55m', description: 'stop after so long, resumable'}),
  'stop-on-failures': Flags.string({helpValue: '5%|N', description: 'stop when so many rows have failed'}),
  'in-doubt': Flags.string({
    options: ['hold', 'retry'],
    default: 'hold',
    description: 'hold rows that may have been executed, or send them again',
  }),
  'keep-bodies': Flags.string({
    options: ['all', 'failed', 'none'],
    default: 'failed',
    description: 'whose response bodies to keep',
  }),
  'drain-timeout': Flags.string({
    default: '25s',
    helpValue: 'TIME',
    description: 'how long to wait for what is in flight when stopping',
  }),
  quiet: Flags.boolean({char: 'q', description: 'no progress; problems and the summary only'}),
  yes: Flags.boolean({char: 'y', description: 'go on where there is a doubt about disk space'}),
};
