import {stringify} from 'yaml';

/** What a job of one step is made of. */
export type Answers = {
  readonly profile: string;
  readonly region: string | undefined;
  readonly baseUrl: string | undefined;
  /** Found from where the job stands. */
  readonly input: string;
  readonly columns: readonly string[];
  readonly request: string | undefined;
  readonly operation: string | undefined;
  readonly id: string | undefined;
  /** The environment variables that may hold a secret. */
  readonly credentials: readonly string[];
};

/** Methods that carry no body. */
const WITHOUT_BODY = /^(GET|HEAD|DELETE)\b/i;

/** The text of a job file, ready to be corrected by hand. */
export function jobText({
  profile,
  region,
  baseUrl,
  input,
  columns,
  request,
  operation,
  id,
  credentials,
}: Answers): string {
  const hasBody = request === undefined || !WITHOUT_BODY.test(request);
  const rest = columns.filter((column) => !(request ?? '').includes(`{{ ${column} }}`));
  const step = {
    input: {file: input},
    ...(request === undefined ? {operation} : {request}),
    ...(hasBody && rest.length > 0
      ? {body: Object.fromEntries(rest.map((column) => [column, expressionOf(column)]))}
      : {}),
    ...(id === undefined ? {} : {id}),
  };
  const job = {provider: {profile, ...(region && {region}), ...(baseUrl && {baseUrl})}, steps: {rows: step}};
  return [
    '# What each member means: sluice jobs schema, or docs/jobs.md',
    '# yaml-language-server: $schema=./job.schema.json',
    ...(credentials.length > 0
      ? [`# The secret is read from ${credentials.join(' or ')}, or from a file named with --env-file.`]
      : []),
    stringify(job, {lineWidth: 0}),
  ].join('\n');
}

/** As a template names a column, whatever it is called. */
function expressionOf(column: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(column) ? `{{ ${column} }}` : `{{ ["${column.replaceAll('"', '\\"')}"] }}`;
}
