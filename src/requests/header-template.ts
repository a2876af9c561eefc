import {EXIT, Problem} from '../problem.js';
import type {Profile} from '../profiles/profile.js';
import {checkHeaderName, checkHeaderValue, checkPlainName, credentialHeaders} from './headers.js';
import {type Part, parseTemplate, partsOf} from './liquid.js';
import {showSafe} from './show.js';
import {OMITTED, textOf, UnfitValue} from './values.js';

/** `Name: {{ value }}`, taken apart; the name is lower case. */
export type HeaderTemplate = {readonly name: string; readonly parts: readonly Part[]};

/** A `--header` taken apart. `secret` holds `${ENV_NAME}` and is never shown, rendered or kept: see `readSecretHeaders`. */
export type HeaderLine = {readonly name: string; readonly value: string; readonly secret: boolean};

const ENV_NAME = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/;

/** Takes `Name: value` apart. Throws HEADER_INVALID (78). */
export function readHeaderLine(text: string): HeaderLine {
  const colon = text.indexOf(':');
  // A line without a colon may be a secret by itself: nothing of it is shown.
  if (colon < 1) throw refusal('--header has no ":" between name and value', "Write it as --header 'Name: value'.");
  const [name, value] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  refusing(() => checkPlainName(name), 'Correct --header.');
  return {name: name.toLowerCase(), value, secret: ENV_NAME.test(value)};
}

/** Compiles the headers that hold no secret. Throws HEADER_INVALID (78), which never shows the value of a header that carries a credential. */
export function compileHeaders(headers: readonly string[], profile: Profile): readonly HeaderTemplate[] {
  const credentials = credentialHeaders(profile);
  const compiled: HeaderTemplate[] = [];
  const lines = headers.map(readHeaderLine);
  for (const line of lines) {
    if (lines.find(({name}) => name === line.name) !== line)
      throw refusal(`header "${line.name}" is given twice`, 'Give it once, with its values joined by commas.');
    if (line.secret) continue;
    refusing(
      () => checkHeaderName(line.name, credentials),
      `Put the secret into an environment variable: --header '${line.name}: \${ENV_NAME}'.`,
    );
    compiled.push({name: line.name, parts: headerParts(line)});
  }
  return compiled;
}

/** The headers of one row. Throws UnfitValue. */
export function renderHeaders(
  headers: readonly HeaderTemplate[],
  row: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const rendered: Record<string, string> = {};
  for (const {name, parts} of headers) {
    const values = parts.map((part) => (part.kind === 'text' ? part.text : part.read(row)));
    if (values.length === 1 && values[0] === OMITTED) continue;
    const value = values.map(textOf).join('');
    checkHeaderValue(name, value);
    rendered[name] = value;
  }
  return rendered;
}

function headerParts({name, value}: HeaderLine): readonly Part[] {
  const parts = partsOf(parseTemplate(value));
  if (!parts)
    throw refusal(`header "${name}" holds a tag, expected text and {{ expressions }}`, 'Take {% … %} out of --header.');
  for (const part of parts) {
    if (part.kind === 'text') refusing(() => checkHeaderValue(name, part.text), 'Correct --header.');
  }
  return parts;
}

function refusing(check: () => void, fix: string): void {
  try {
    check();
  } catch (error) {
    if (error instanceof UnfitValue) throw refusal(error.message, fix);
    throw error;
  }
}

function refusal(message: string, fix: string): Problem {
  return new Problem('HEADER_INVALID', showSafe(message, 400), fix, {exit: EXIT.badProfile});
}
