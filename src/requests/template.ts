import {METHODS} from '../operations/parse.js';
import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import type {Profile} from '../profiles/profile.js';
import {type BodyTemplate, compileBody, type RenderedBody, renderBody} from './body-template.js';
import {type CompiledContract, compileContract} from './contract.js';
import {compileForm, type FormTemplate, type RenderedForm, renderForm} from './form.js';
import {compileHeaders, type HeaderTemplate, readHeaderLine, renderHeaders} from './header-template.js';
import {columnsOf, parseTemplate, partsOf} from './liquid.js';
import type {Contract} from './openapi.js';
import {showSafe} from './show.js';
import {compileUrl, renderUrl, type UrlTemplate} from './url-template.js';
import {coded} from './values.js';

/** What the user says a request is made of: a request line or the name of an operation, `Name: value` headers, and the text of a body. */
export type TemplateSpec = {
  readonly request?: string | undefined;
  readonly operation?: string | undefined;
  readonly headers: readonly string[];
  readonly body?: string | undefined;
  /** `NAME=VALUE` and `NAME=@PATH` lines, in place of a body. */
  readonly form?: readonly string[] | undefined;
  /** What an OpenAPI document says of the request, in place of a request line or a name. */
  readonly contract?: Contract | undefined;
};

/** A request with places for the values of a row. */
export type Template = {
  readonly call: {readonly kind: 'url'; readonly url: UrlTemplate} | {readonly kind: 'named'; readonly name: string};
  readonly headers: readonly HeaderTemplate[];
  readonly body: BodyTemplate | undefined;
  readonly form?: FormTemplate | undefined;
  readonly contract?: CompiledContract | undefined;
};

/** What a template yields for one row. `url` is undefined where the profile's route says it. */
export type Rendered = {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RenderedBody | RenderedForm | undefined;
};

/**
 * Compiles a template once for all rows. `columns` are the columns of the file; undefined where rows need not have the same (NDJSON).
 * Throws TEMPLATE_UNKNOWN_COLUMN, TEMPLATE_INVALID, HEADER_INVALID, OPERATION_UNKNOWN, or what `compileContract` throws, all exit 78. Headers with `${ENV_NAME}` are left
 * out: `readSecretHeaders` reads them.
 */
export function compileTemplate(
  spec: TemplateSpec,
  profile: Profile,
  columns: readonly string[] | undefined,
): Template {
  checkColumns('request', spec.request, columns);
  for (const header of spec.headers) checkColumns('header', header, columns);
  checkColumns('body', spec.body, columns);
  for (const line of spec.form ?? []) checkColumns('form', line, columns);
  const headers = compileHeaders(spec.headers, profile);
  const contentType = headers
    .find(({name}) => name === 'content-type')
    ?.parts.map((part) => (part.kind === 'text' ? part.text : ''));
  if (spec.form && contentType)
    throw fault('--form says the content type itself, and --header says another', 'Leave out the header Content-Type.');
  const contract =
    spec.contract &&
    compileContract(spec.contract, profile, columns, {
      headers: spec.headers.map((line) => readHeaderLine(line).name),
      body: spec.body !== undefined,
      form: spec.form !== undefined,
      columns: [...spec.headers, spec.body ?? '', ...(spec.form ?? [])].flatMap((text) =>
        columnsOf(parsePart('template', text)),
      ),
    });
  return {
    call: contract ? {kind: 'url', url: contract.url} : compileCall(spec, profile),
    headers: [...headers, ...(contract?.headers ?? [])],
    contract,
    body:
      spec.body === undefined ? undefined : compileBody(parsePart('body', spec.body), spec.body, contentType?.join('')),
    form: spec.form && compileForm(spec.form, (text) => parsePart('form', text)),
  };
}

/** Fills a template with the values of one row; the files of a form are looked for in `root`. Throws UnfitValue; the caller knows the place. */
export function renderTemplate(
  {call, headers, body, form, contract}: Template,
  row: Readonly<Record<string, unknown>>,
  root = '.',
): Rendered {
  const taken = contract?.take(row);
  const written = coded('BODY_INVALID', () => {
    if (form) return renderForm(form, row, root);
    return body ? renderBody(body, row) : taken && contract!.bodyOf(taken);
  });
  if (taken) contract!.check(taken, row, body && (written as RenderedBody));
  return {
    method: call.kind === 'url' ? call.url.method : undefined,
    url: call.kind === 'url' ? coded('URL_INVALID', () => renderUrl(call.url, row)) : undefined,
    headers: coded('HEADER_INVALID', () => renderHeaders(headers, row)),
    body: written,
  };
}

function compileCall({request, operation}: TemplateSpec, profile: Profile): Template['call'] {
  if (operation !== undefined && request === undefined)
    return {kind: 'named', name: knownOperation(operation, profile)};
  if (request === undefined || operation !== undefined) {
    throw fault(
      'a template needs a request line or the name of an operation, and not both',
      "Give --request 'POST /path' or --operation NAME.",
    );
  }
  const line = /^([A-Za-z]+)\s+(\S[\s\S]*)$/.exec(request.trim());
  if (!line)
    throw fault(
      `request is "${showSafe(request)}", expected a method and a path`,
      "Write it as in 'POST /api/v3/users/{{ id }}'.",
    );
  const method = line[1]!.toUpperCase();
  if (!METHODS.includes(method))
    throw fault(
      `request is "${showSafe(request)}", and "${showSafe(line[1]!)}" is no method${didYouMean(method, METHODS)}`,
      `Begin it with one of ${METHODS.join(', ')}.`,
    );
  const parts = partsOf(parsePart('request', line[2]!));
  if (!parts)
    throw fault('request holds a tag, expected text and {{ expressions }}', 'Take {% … %} out of the request line.');
  return {kind: 'url', url: compileUrl(method, parts, request)};
}

function knownOperation(name: string, profile: Profile): string {
  if (Object.hasOwn(profile.operations, name)) return name;
  const names = Object.keys(profile.operations);
  throw new Problem(
    'OPERATION_UNKNOWN',
    `"${showSafe(name)}" is no operation of profile ${profile.name}${didYouMean(name, names)}`,
    names.length > 0
      ? `Type: sluice profiles show ${profile.name}`
      : "Write the request out with --request 'POST /path'.",
    {exit: EXIT.badProfile},
  );
}

// Liquid reads the first word of `{{ First Name }}` and drops the rest without a word.
const TWO_WORDS =
  /\{\{-?\s*([\p{L}_][\p{L}\p{N}_.-]*\s+(?!(?:and|or|contains)\b)[\p{L}_][\p{L}\p{N}_ .-]*?)\s*(?:\||-?\}\})/u;

/** Parses one part of a template, which errors name. Throws TEMPLATE_INVALID (78). */
export function parsePart(part: string, text: string): ReturnType<typeof parseTemplate> {
  if (text.includes('\uE000'))
    throw fault(`${part} holds the private-use character U+E000`, `Take it out of the ${part}.`);
  const words = TWO_WORDS.exec(text)?.[1];
  if (words)
    throw fault(
      `${part}: {{ ${showSafe(words)} }} is two words`,
      `Write a column's name with blanks as {{ ["${showSafe(words)}"] }}.`,
    );
  try {
    return parseTemplate(text);
  } catch (error) {
    throw fault(
      `${part}: ${showSafe((error as Error).message)}`,
      'Expressions are written as {{ column }} or {{ column | filter }}.',
    );
  }
}

function checkColumns(part: string, text: string | undefined, columns: readonly string[] | undefined): void {
  if (text === undefined || !columns) return;
  for (const name of columnsOf(parsePart(part, text))) {
    if (columns.includes(name)) continue;
    const longer = columns.find((column) => /^[\s.]/.test(column.slice(name.length)) && column.startsWith(name));
    throw new Problem(
      'TEMPLATE_UNKNOWN_COLUMN',
      `${part}: there is no column "${showSafe(name)}"${longer ? `, did you mean ["${showSafe(longer)}"]?` : didYouMean(name, columns)}`,
      `The columns are: ${showSafe(columns.join(', '))}.`,
      {exit: EXIT.badProfile},
    );
  }
}

function fault(message: string, fix: string): Problem {
  return new Problem('TEMPLATE_INVALID', message, fix, {exit: EXIT.badProfile});
}
