import {Flags} from '@oclif/core';
import {openapiFlag} from './openapi-flag.js';

/** What is to be sent, to whom and how fast: the flags of `run` and `plan`. */
export const askFlags = {
  profile: Flags.string({
    helpGroup: 'PROVIDER',
    char: 'p',
    helpValue: 'NAME|FILE',
    description: 'provider profile: a built-in name, NAME:VARIANT, or a YAML file',
  }),
  'base-url': Flags.string({
    helpGroup: 'PROVIDER',
    helpValue: 'URL',
    description: "send to this address instead of the profile's",
  }),
  region: Flags.string({helpGroup: 'PROVIDER', helpValue: 'NAME', description: "one of the profile's regions"}),
  request: Flags.string({
    helpGroup: 'REQUEST',
    char: 'r',
    helpValue: "'POST /path/{{ column }}'",
    description: 'what each row becomes, in a file of plain rows',
    exclusive: ['operation'],
  }),
  operation: Flags.string({
    helpGroup: 'REQUEST',
    char: 'o',
    helpValue: 'NAME',
    description: 'what each row becomes: an operation of the profile',
  }),
  openapi: openapiFlag,
  header: Flags.string({
    helpGroup: 'REQUEST',
    char: 'H',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "'Name: value'",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how the operator writes it.
    description: 'header of every request; ${NAME} is taken from the environment and masked',
  }),
  body: Flags.string({
    helpGroup: 'REQUEST',
    char: 'b',
    helpValue: 'JSON|@FILE',
    description: 'body of every request, with {{ column }} in it',
  }),
  form: Flags.string({
    helpGroup: 'REQUEST',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=VALUE|@FILE',
    description: 'field of a form in place of a body; with a file, photo=@{{ photo }}, it is multipart',
    exclusive: ['body'],
  }),
  files: Flags.string({
    helpGroup: 'REQUEST',
    helpValue: 'DIR',
    description: 'take the files of --form from here, and from nowhere else; the folder of FILE otherwise',
    dependsOn: ['form'],
  }),
  capture: Flags.string({
    helpGroup: 'REQUEST',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "'NAME={{ response.body.id }}'",
    description: 'keep this of each answer, in the journal and in results',
  }),
  id: Flags.string({helpGroup: 'REQUEST', helpValue: 'COLUMN', description: 'column that names each row in results'}),
  key: Flags.string({
    helpGroup: 'REQUEST',
    helpValue: 'COLUMN',
    description: 'column whose equal values run one after another, in the order of the file',
  }),
  phase: Flags.string({
    helpGroup: 'REQUEST',
    helpValue: 'COLUMN',
    description: 'column of the phase; a phase begins when the one before it is settled',
  }),
  scope: Flags.string({
    helpGroup: 'REQUEST',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=@COLUMN|VALUE',
    description: "value of a limit's key, from a column or the same for all",
  }),
  credential: Flags.string({helpGroup: 'PROVIDER', helpValue: 'NAME', description: "one of the profile's credentials"}),
  'env-file': Flags.string({
    helpGroup: 'PROVIDER',
    helpValue: 'FILE',
    description: 'file of NAME=VALUE lines, mode 0600, that holds secrets',
  }),
  'allow-origin': Flags.string({
    helpGroup: 'PROVIDER',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'ORIGIN',
    description: 'another origin rows may lead to; gets no credential',
  }),
  delimiter: Flags.string({
    helpGroup: 'REQUEST',
    helpValue: 'CHAR',
    description: 'of the CSV file; found out otherwise',
  }),
  rows: Flags.string({
    helpGroup: 'REQUEST',
    helpValue: '1-3',
    description: 'send these rows and leave the others pending',
  }),
  'skip-invalid': Flags.boolean({
    helpGroup: 'REQUEST',
    description: 'leave rows out that cannot be sent, and count them as failed',
  }),
  latency: Flags.string({
    helpGroup: 'PACE',
    helpValue: '120ms',
    default: '100ms',
    description: 'what a response is expected to take, for the plan',
  }),
  json: Flags.boolean({description: 'print the result as JSON on standard output, and nothing else'}),
};

/** How fast, and how long to wait: what may be said anew when a run is resumed. */
export const paceFlags = {
  limit: Flags.string({
    helpGroup: 'PACE',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: '[NAME=]80/5s',
    description: 'replace a limit of the profile, or add one over all requests',
  }),
  share: Flags.string({helpGroup: 'PACE', helpValue: '60%', description: 'how much of every window to use'}),
  concurrency: Flags.integer({helpGroup: 'PACE', min: 1, helpValue: 'N', description: 'requests under way at once'}),
  pace: Flags.string({
    helpGroup: 'PACE',
    options: ['burst', 'even'],
    description: "use a window as soon as it is open, or spread requests over it; the profile's otherwise, else burst",
  }),
  ramp: Flags.string({
    helpGroup: 'PACE',
    helpValue: '30s',
    description: 'begin slowly, and reach the full rate after so long; 0: at once',
  }),
};

/** What of it may be said of a run that goes on. */
export const setFlags = {
  limit: Flags.string({
    helpGroup: 'PACE',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME=80/5s',
    description: 'replace the windows of this limit',
  }),
  share: paceFlags.share,
  concurrency: paceFlags.concurrency,
  pace: paceFlags.pace,
};

/** What one session of a run is to put up with: the flags of `run` and `resume`. */
export const sessionFlags = {
  timeout: Flags.string({
    helpGroup: 'PATIENCE',
    default: '30s',
    helpValue: 'TIME',
    description: 'bound of one attempt',
  }),
  'max-wait': Flags.string({
    helpGroup: 'PATIENCE',
    default: '15m',
    helpValue: 'TIME',
    description: 'stop when the provider orders a longer wait, or refuses everything for so long',
  }),
  'max-offline': Flags.string({
    helpGroup: 'PATIENCE',
    default: '30m',
    helpValue: 'TIME',
    description: 'stop when the network is gone for so long',
  }),
  'max-attempts': Flags.integer({
    helpGroup: 'PATIENCE',
    min: 1,
    helpValue: 'N',
    description: "attempts per row; the profile's otherwise",
  }),
  deadline: Flags.string({
    helpGroup: 'PATIENCE',
    helpValue: '55m',
    description: 'stop after so long, resumable; waiting for its turn counts',
  }),
  'stop-on-failures': Flags.string({
    helpGroup: 'PATIENCE',
    helpValue: '5%|N',
    description: 'stop when so many rows of a phase have failed',
  }),
  'on-key-failure': Flags.string({
    helpGroup: 'PATIENCE',
    options: ['stop', 'continue'],
    description: 'skip the rows behind a failed one of their key, or go on with them; as begun, else continue',
  }),
  'in-doubt': Flags.string({
    helpGroup: 'PATIENCE',
    options: ['hold', 'retry'],
    default: 'hold',
    description: 'hold rows that may have been executed, or send them again',
  }),
  ok: Flags.string({
    helpGroup: 'PATIENCE',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'STATUS[:TEXT]',
    description: 'count these answers as ok: 409, or 409:already exists where the body has to say so',
  }),
  'keep-bodies': Flags.string({
    options: ['all', 'failed', 'none'],
    default: 'failed',
    description: 'whose response bodies to keep',
  }),
  'drain-timeout': Flags.string({
    helpGroup: 'PATIENCE',
    default: '25s',
    helpValue: 'TIME',
    description: 'how long to wait for what is in flight when stopping',
  }),
  'if-busy': Flags.string({
    helpGroup: 'PATIENCE',
    options: ['wait', 'fail'],
    default: 'wait',
    description: 'while another run has this provider and credential, wait for its turn or exit with 75',
  }),
  quiet: Flags.boolean({char: 'q', description: 'no progress; problems and the summary only'}),
  yes: Flags.boolean({char: 'y', description: 'go on where there is a doubt about disk space'}),
};

/** Where the run is kept. */
export const folderFlags = {
  'run-dir': Flags.string({helpValue: 'DIR', description: 'the run folder; FILE.run beside the file otherwise'}),
  'or-resume': Flags.boolean({
    description: 'go on with the run folder if it is there, and be content if it is finished',
  }),
};
