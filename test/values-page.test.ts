import {readFileSync} from 'node:fs';
import {assert} from 'chai';
import {parseJson} from '../src/operations/json.js';
import {compileTemplate} from '../src/requests/template.js';
import {requestOf, sampleProfile} from './requests/sample.js';

type Example = {readonly row: string; readonly template: string; readonly kind: '=>' | '!!'; readonly expected: string};

function examplesOf(page: string): Example[] {
  const blocks = [...page.matchAll(/^```values\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
  return blocks.flatMap((block) =>
    block
      .trimEnd()
      .split('\n\n')
      .map((text) => {
        const [row, template, result, ...rest] = text.split('\n');
        assert.lengthOf(rest, 0, text);
        const [, kind, expected] = /^(=>|!!) (.*)$/.exec(result ?? '') ?? assert.fail(text);
        return {row: row!, template: template!, kind: kind as Example['kind'], expected: expected!};
      }),
  );
}

function render({row, template}: Pick<Example, 'row' | 'template'>): string {
  const values = parseJson(row) as Record<string, unknown>;
  const spec = template.startsWith('GET ') ? {request: template} : {request: 'POST /x', body: template};
  const compiled = compileTemplate({headers: [], ...spec}, sampleProfile(), undefined);
  const {body, url} = requestOf({}, values, {template: compiled});
  return body ?? url.replace('https://api.example.com', '');
}

describe('the page on values', () => {
  const examples = examplesOf(readFileSync('docs/values.md', 'utf8'));

  it('has an example of everything', () => assert.isAbove(examples.length, 30));

  for (const example of examples)
    it(`shows what is sent: ${example.row} in ${example.template}`, () => {
      if (example.kind === '=>') assert.equal(render(example), example.expected);
      else assert.throws(() => render(example), example.expected);
    });
});
