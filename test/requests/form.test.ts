import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {assert} from 'chai';
import {requestDigest} from '../../src/requests/digest.js';
import {compileTemplate} from '../../src/requests/template.js';
import {assertProblem, requestOf, sampleProfile} from './sample.js';

const formOf = (form: string[], row: Record<string, unknown>, filesRoot?: string) =>
  requestOf({form}, row, {filesRoot});

describe('a form', () => {
  it('without a file is urlencoded, each name and value by itself', () => {
    const {body, headers, upload} = formOf(['name={{ name }}', 'a b=x & {{ note }}', 'none='], {
      name: 'Zoë&x=1',
      note: '+',
    });
    assert.equal(body, 'name=Zo%C3%AB%26x%3D1&a%20b=x%20%26%20%2B&none=');
    assert.equal(headers['content-type'], 'application/x-www-form-urlencoded');
    assert.isUndefined(upload);
    assert.deepEqual(
      [...new URLSearchParams(body)],
      [
        ['name', 'Zoë&x=1'],
        ['a b', 'x & +'],
        ['none', ''],
      ],
    );
  });

  it('leaves out the field of an empty cell that is optional', () => {
    assert.equal(formOf(['a={{ a | optional }}', 'b={{ b }}'], {a: '', b: ''}).body, 'b=');
  });

  it('is not made a file by what a row says', () => {
    assert.equal(formOf(['a={{ a }}'], {a: '@/etc/passwd'}).body, 'a=%40%2Fetc%2Fpasswd');
  });

  for (const [name, form, says] of [
    ['a field without a value', ['name'], 'expected a name and a value'],
    ['a file without a path', ['photo=@'], 'names no file'],
    ['a tag', ['a={% if x %}1{% endif %}'], 'holds a tag'],
    ['an expression that is none', ['a={{ x | nosuch }}'], 'nosuch'],
  ] as const)
    it(`is refused with ${name}`, () => {
      for (const columns of [['x'], undefined])
        assertProblem(
          () => compileTemplate({request: 'POST /x', headers: [], form}, sampleProfile(), columns),
          'TEMPLATE_INVALID',
          78,
          says,
        );
    });

  it('is refused with a content type of its own, and with a column that is not there', () => {
    const spec = {request: 'POST /x', headers: ['Content-Type: text/plain'], form: ['a=1']};
    assertProblem(() => compileTemplate(spec, sampleProfile(), []), 'TEMPLATE_INVALID', 78, '--form');
    assertProblem(
      () => compileTemplate({...spec, headers: [], form: ['a={{ nam }}']}, sampleProfile(), ['name']),
      'TEMPLATE_UNKNOWN_COLUMN',
      78,
      'name',
    );
  });
});

describe('a form with a file', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-form-'));
    writeFileSync(join(root, 'a.png'), 'png');
  });
  afterEach(() => rmSync(root, {recursive: true, force: true}));

  it('is multipart; its body stands for it, and tells names, sizes and types', () => {
    const {body, headers, upload} = formOf(
      ['who={{ who }}', 'photo=@{{ photo }}', 'raw=@{{ photo }};type=a/b'],
      {who: '"x"\n', photo: 'a.png'},
      root,
    );
    assert.equal(headers['content-type'], 'multipart/form-data');
    assert.equal(body, 'who="\\"x\\"\\n"\nphoto=@"a.png", image/png, 3 bytes\nraw=@"a.png", a/b, 3 bytes');
    assert.deepEqual(
      upload?.map((field) => ('file' in field ? field.file.filename : field.text)),
      ['"x"\n', 'a.png', 'a.png'],
    );
  });

  it('has another digest when the file has another size', () => {
    const digest = () => requestDigest(formOf(['photo=@{{ photo }}'], {photo: 'a.png'}, root));
    const before = digest();
    assert.equal(digest(), before);
    writeFileSync(join(root, 'a.png'), 'longer');
    assert.notEqual(digest(), before);
  });

  it('is a bad row, with its place, where the file is not there', () => {
    assertProblem(
      () => formOf(['photo=@{{ photo }}'], {photo: 'b.png'}, root),
      'BODY_INVALID',
      65,
      'row 88 (users.csv:92)',
      '--form photo',
      '"b.png"',
    );
  });
});
