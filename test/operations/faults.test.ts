import {readdirSync} from 'node:fs';
import {assert} from 'chai';
import {parseOperation} from '../../src/operations/parse.js';
import {isBadRow, readRows} from '../../src/operations/read.js';
import {closeInput, openInput} from '../../src/operations/source.js';
import {Problem} from '../../src/problem.js';
import {FIXTURES} from './reading.js';

/** The first Problem on the way from the file to its operations. */
async function firstProblem(path: string): Promise<Problem | undefined> {
  try {
    const input = await openInput(path);
    try {
      for await (const row of readRows(input)) {
        if (isBadRow(row)) return row.problem;
        if (path.includes('operation-')) parseOperation(row, input, {kind: 'operations', scope: {}});
      }
    } finally {
      await closeInput(input);
    }
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return undefined;
}

// File, code, `row:line` (or the line, or nothing), and words that the message must have.
const FAULTS: readonly (readonly [file: string, code: string, at: string, words: RegExp])[] = [
  ['header-duplicate.csv', 'HEADER_INVALID', '1', /columns 2 and 3 are both called "name"/],
  ['header-differs-by-case.csv', 'HEADER_INVALID', '1', /"Email" and "email", differ only by case or blanks/],
  ['header-differs-by-blank.csv', 'HEADER_INVALID', '1', /"email" and "email ", differ only/],
  ['header-empty-name.csv', 'HEADER_INVALID', '1', /column 2 of 3 has no name/],
  ['header-trailing-comma.csv', 'HEADER_INVALID', '1', /column 3 of 3 has no name/],
  ['header-unclosed-quote.csv', 'HEADER_QUOTE', '1', /quote at byte 3/],
  ['header-latin1.csv', 'HEADER_NOT_UTF8', '1', /not UTF-8/],
  ['header-after-blank-line-duplicate.csv', 'HEADER_INVALID', '3', /both called "id"/],
  ['row-too-few-columns.csv', 'ROW_MISFIT', '2:3', /expected 3 columns as in the header, found 2$/],
  ['row-too-many-columns.csv', 'ROW_MISFIT', '2:3', /expected 3 columns as in the header, found 4$/],
  ['row-unclosed-quote.csv', 'ROW_UNCLOSED', '3:4', /quote at byte 18 \(line 4\) is not closed/],
  [
    'row-unclosed-quote-all-quoted.csv',
    'ROW_QUOTE',
    '3:4',
    /quote at byte 32 \(line 4\) goes on after its closing quote/,
  ],
  ['row-quote-in-field.csv', 'ROW_QUOTE', '1:2', /quote at byte 11 .* stands within a field/],
  ['row-text-after-quote.csv', 'ROW_QUOTE', '1:2', /goes on after its closing quote/],
  ['row-not-utf8.csv', 'ROW_NOT_UTF8', '2:3', /byte 18 of the input is 0xEB/],
  ['row-nul.csv', 'ROW_CONTROL', '2:3', /column "name" has the control character U\+0000/],
  ['row-control-character.csv', 'ROW_CONTROL', '2:3', /U\+001B/],
  ['row-c1-control-character.csv', 'ROW_CONTROL', '2:3', /U\+0085/],
  ['ndjson-duplicate-key.ndjson', 'ROW_MISFIT', '2:2', /the key "a" twice \(column 15\)/],
  ['ndjson-duplicate-key-same-value.ndjson', 'ROW_MISFIT', '2:2', /the key "a" twice/],
  ['ndjson-trailing-comma.ndjson', 'ROW_MISFIT', '2:2', /\(column 9\); JSON has no comma after the last member/],
  ['ndjson-single-quotes.ndjson', 'ROW_MISFIT', '2:2', /double quotes/],
  ['ndjson-array-line.ndjson', 'ROW_MISFIT', '2:2', /expected a JSON object on the line, found "\[2\]"/],
  ['ndjson-text-line.ndjson', 'ROW_MISFIT', '2:2', /expected a JSON object on the line/],
  ['ndjson-pretty-printed.ndjson', 'ROW_MISFIT', '1:1', /has to stand on one line \(jq -c/],
  ['ndjson-two-objects-on-a-line.ndjson', 'ROW_MISFIT', '2:2', /\(column 10\)/],
  ['ndjson-too-deep.ndjson', 'ROW_MISFIT', '2:2', /more than 64 levels deep/],
  ['ndjson-nul-escape.ndjson', 'ROW_MISFIT', '2:2', /control character U\+0000/],
  ['ndjson-half-character.ndjson', 'ROW_MISFIT', '2:2', /half of a character \(U\+D800\)/],
  ['ndjson-control-character.ndjson', 'ROW_CONTROL', '2:2', /U\+0001/],
  ['ndjson-not-utf8.ndjson', 'ROW_NOT_UTF8', '2:2', /byte 18 of the input is 0xEB/],
  ['ndjson-cut-off.ndjson', 'ROW_MISFIT', '2:2', /reached end of input/],
  ['utf-16-le.csv', 'INPUT_FOREIGN', '', /UTF-16/],
  ['utf-16-be.csv', 'INPUT_FOREIGN', '', /UTF-16/],
  ['utf-16-without-bom.csv', 'INPUT_FOREIGN', '', /UTF-16/],
  ['xlsx.csv', 'INPUT_FOREIGN', '', /Excel/],
  ['binary.csv', 'INPUT_FOREIGN', '', /binary/],
  ['json-array.csv', 'INPUT_FOREIGN', '1', /JSON array/],
  ['gzip-cut-off.csv.gz', 'INPUT_DAMAGED', '', /unexpected end of file/],
  ['gzip-twice.csv.gz', 'INPUT_FOREIGN', '', /twice/],
  ['operation-neither.csv', 'OPERATION_INVALID', '2:3', /expected an operation, or a method and a url/],
  [
    'operation-and-method.csv',
    'OPERATION_INVALID',
    '2:3',
    /column "method" is "POST", expected it empty, as "operation" is "CreateUser"/,
  ],
  ['operation-method-missing.csv', 'OPERATION_INVALID', '2:3', /column "method" is empty, expected one of GET/],
  ['operation-method-unknown.csv', 'OPERATION_INVALID', '2:3', /column "method" is "FETCH", expected one of GET/],
  ['operation-url-missing.csv', 'OPERATION_INVALID', '2:3', /column "url" is empty/],
  ['operation-url-dots.csv', 'OPERATION_INVALID', '2:3', /"\/users\/\.\.\/admin", expected no \. or \.\./],
  ['operation-url-dots-encoded.csv', 'OPERATION_INVALID', '2:3', /expected no \. or \.\./],
  ['operation-url-dots-encoded-slash.csv', 'OPERATION_INVALID', '2:3', /expected no \. or \.\./],
  ['operation-url-dot.csv', 'OPERATION_INVALID', '2:3', /expected no \. or \.\./],
  ['operation-url-double-slash.csv', 'OPERATION_INVALID', '2:3', /expected no \/\//],
  ['operation-url-double-slash-inside.csv', 'OPERATION_INVALID', '2:3', /expected no \/\//],
  ['operation-url-fragment.csv', 'OPERATION_INVALID', '2:3', /expected no fragment/],
  ['operation-url-backslash.csv', 'OPERATION_INVALID', '2:3', /expected no backslash/],
  [
    'operation-url-userinfo.csv',
    'OPERATION_INVALID',
    '2:3',
    /"https:\/\/\*\*\*@api.example.com\/users", expected no user/,
  ],
  ['operation-url-relative.csv', 'OPERATION_INVALID', '2:3', /"users", expected http/],
  ['operation-url-scheme.csv', 'OPERATION_INVALID', '2:3', /expected http/],
  ['operation-url-no-host.csv', 'OPERATION_INVALID', '2:3', /expected a host/],
  ['operation-url-blank.csv', 'OPERATION_INVALID', '2:3', /expected no blanks around it/],
  ['operation-headers-not-json.csv', 'OPERATION_INVALID', '2:3', /column "headers" is not a JSON object/],
  ['operation-headers-array.csv', 'OPERATION_INVALID', '2:3', /column "headers" is not a JSON object/],
  ['operation-header-host.csv', 'HEADERS_INVALID', '2:3', /may not set the header "Host"/],
  ['operation-header-authorization.csv', 'HEADERS_INVALID', '2:3', /may not set the header "authorization"/],
  ['operation-header-api-key.csv', 'HEADERS_INVALID', '2:3', /may not set the header "X-API-Key"/],
  ['operation-header-content-length.csv', 'HEADERS_INVALID', '2:3', /may not set the header "Content-Length"/],
  ['operation-header-transfer-encoding.csv', 'HEADERS_INVALID', '2:3', /may not set the header "Transfer-Encoding"/],
  ['operation-header-cookie.csv', 'HEADERS_INVALID', '2:3', /may not set the header "Cookie"/],
  ['operation-header-line-break.csv', 'HEADERS_INVALID', '2:3', /"X-Trace" has the character U\+000D/],
  ['operation-header-nul.csv', 'HEADERS_INVALID', '2:3', /"X-Trace" has the character U\+0000/],
  ['operation-header-not-latin1.csv', 'HEADERS_INVALID', '2:3', /"X-Trace" has the character U\+2713/],
  ['operation-header-twice.csv', 'HEADERS_INVALID', '2:3', /"x-trace" is there twice/],
  ['operation-header-bad-name.csv', 'HEADERS_INVALID', '2:3', /"X Trace" is no name of a header/],
  ['operation-header-nested.csv', 'HEADERS_INVALID', '2:3', /"X-Trace" is not a text/],
  ['operation-body-broken-json.csv', 'BODY_INVALID', '2:3', /was meant as JSON and is not/],
  ['operation-body-json-type-broken.csv', 'BODY_INVALID', '2:3', /was meant as JSON and is not/],
  [
    'operation-key-object.ndjson',
    'OPERATION_INVALID',
    '2:2',
    /column "key" is "an object", expected a text or a number/,
  ],
  [
    'operation-phase-list.ndjson',
    'OPERATION_INVALID',
    '2:2',
    /column "phase" is "a[^"]*", expected a text or a number/,
  ],
  ['operation-scope-object.ndjson', 'OPERATION_INVALID', '2:2', /scope "user" is "an object", expected a text/],
];

describe('a faulty input', () => {
  for (const [file, code, at, words] of FAULTS) {
    it(`${file} is refused: ${code} at ${at || 'the file'}`, async () => {
      const path = `${FIXTURES}/${file}`;
      const problem = await firstProblem(path);
      assert.equal(problem?.code, code, problem?.message);
      const [line, row] = at.split(':').reverse();
      const place = row ? `row ${row} (${path}:${line}): ` : line ? `${path}:${line}: ` : `${path}: `;
      assert.isTrue(problem!.message.startsWith(place), `${problem!.message}\ndoes not begin with ${place}`);
      assert.match(problem!.message, words);
      assert.equal(problem!.exit, 65);
      assert.notMatch(problem!.message + problem!.suggestions, /hunter2|\x1b/, 'a secret or a control is shown');
    });
  }

  it('is a fixture of the table or a good one, every one', () => {
    const others = /^(good|empty|header-only|blank-lines-only|operation-good|operation-duplicate-id|\.)/;
    const faulty = readdirSync(FIXTURES).filter((file) => !others.test(file));
    assert.sameMembers(
      faulty,
      FAULTS.map(([file]) => file),
    );
  });
});
