import type {Upload} from '../exchange.js';
import {EXIT, Problem} from '../problem.js';
import {type Part, type parseTemplate, partsOf} from './liquid.js';
import {encodeQueryValue} from './path-value.js';
import {showSafe} from './show.js';
import {findUpload} from './upload.js';
import {inExpression, OMITTED, textOf} from './values.js';

/** The `--form` lines taken apart. Where one of them is a file the form is sent as multipart/form-data. */
export type FormTemplate = {readonly multipart: boolean; readonly fields: readonly FormField[]};

type FormField = {
  readonly name: string;
  readonly file: boolean;
  readonly type: string | undefined;
  readonly parts: readonly Part[];
};

/** `text` stands for a form with files in digests and previews; `upload` is what is sent then. */
export type RenderedForm = {readonly text: string; readonly contentType: string; readonly upload?: Upload | undefined};

/** Compiles `NAME=VALUE` and `NAME=@PATH[;type=TYPE]` lines, with expressions in value and path. Throws TEMPLATE_INVALID (78). */
export function compileForm(lines: readonly string[], parse: typeof parseTemplate): FormTemplate {
  const fields = lines.map((line) => compileField(line, parse));
  return {multipart: fields.some(({file}) => file), fields};
}

/** The form of one row; files are looked for in `root`, and nowhere else. Throws UnfitValue. */
export function renderForm(
  {multipart, fields}: FormTemplate,
  row: Readonly<Record<string, unknown>>,
  root: string,
): RenderedForm {
  const filled = fields.flatMap((field) => {
    const values = field.parts.map((part) => (part.kind === 'text' ? part.text : part.read(row)));
    if (values.length === 1 && values[0] === OMITTED) return [];
    return [{field, text: values.map(textOf).join('')}];
  });
  if (!multipart) {
    const pairs = filled.map(({field, text}) => `${encodeQueryValue(field.name)}=${encodeQueryValue(text)}`);
    return {text: pairs.join('&'), contentType: 'application/x-www-form-urlencoded'};
  }
  const upload = filled.map(({field: {name, file, type}, text}): Upload[number] =>
    file ? {name, file: inExpression(`--form ${name}`, () => findUpload(root, text, type))} : {name, text},
  );
  const lines = upload.map((field, index) => shown(field, filled[index]!.text));
  return {text: lines.join('\n'), contentType: 'multipart/form-data', upload};
}

/** A file goes by the path that the row says: two may have one name. */
function shown(field: Upload[number], text: string): string {
  if ('text' in field) return `${field.name}=${JSON.stringify(text)}`;
  const {bytes, type} = field.file;
  return `${field.name}=@${JSON.stringify(text)}, ${type}, ${bytes} bytes`;
}

function compileField(line: string, parse: typeof parseTemplate): FormField {
  const [, name, at, rest = ''] = /^([^=\u0000-\u001f]+)=(@?)([\s\S]*)$/.exec(line) ?? [];
  if (name === undefined) throw fault(`--form is "${showSafe(line)}", expected a name and a value`);
  const file = at === '@';
  const [, value = '', type] = file ? (/^([\s\S]*?)(?:;type=([\w.+-]+\/[\w.+-]+))?$/.exec(rest) ?? []) : [line, rest];
  const parts = partsOf(parse(value));
  if (!parts) throw fault(`--form ${showSafe(name)} holds a tag, expected text and {{ expressions }}`);
  if (file && parts.length === 0) throw fault(`--form ${showSafe(name)} names no file behind "@"`);
  return {name, file, type, parts};
}

function fault(message: string): Problem {
  return new Problem(
    'TEMPLATE_INVALID',
    message,
    "Write it as --form 'name={{ name }}', or --form 'photo=@{{ photo }}' for a file.",
    {exit: EXIT.badProfile},
  );
}
