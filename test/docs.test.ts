import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {assert} from 'chai';

/** Of the rows of a page's tables, what stands in backticks and looks like a file, with the titles quoted behind it. */
function claims(text: string): {readonly file: string; readonly titles: readonly string[]}[] {
  return [...text.matchAll(/`([\w./-]+\/[\w.-]+\.\w+)`((?:: |, )"[^"]+")*/g)].map(([whole, file]) => ({
    file: file!,
    titles: [...whole.matchAll(/"([^"]+)"/g)].map(([, title]) => title!),
  }));
}

describe('the page on security', () => {
  const page = readFileSync('docs/security.md', 'utf8');

  it('answers every line of the list', () => {
    const answered = [...page.matchAll(/^\| (S\d\d) \|/gm)].map(([, id]) => id);
    assert.deepEqual(
      answered,
      Array.from({length: 36}, (_, index) => `S${String(index + 1).padStart(2, '0')}`),
    );
  });

  for (const {file, titles} of claims(page))
    it(`names what is there: ${file}${titles.map((title) => `, ${title}`).join('')}`, () => {
      assert.isTrue(existsSync(file), file);
      const text = readFileSync(file, 'utf8');
      for (const title of titles) assert.include(text.replaceAll("\\'", "'"), title);
    });

  it('finds a file and a title that are not there', () => {
    const [claim] = claims('| x | `test/gone.test.ts`: "was here" |');
    assert.deepEqual(claim, {file: 'test/gone.test.ts', titles: ['was here']});
    assert.isFalse(existsSync(claim!.file));
  });
});

describe('the pages', () => {
  const pages = [
    'README.md',
    ...readdirSync('docs')
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  for (const page of pages)
    it(`lead where they say: ${page}`, () => {
      const folder = page.startsWith('docs/') ? 'docs/' : '';
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path!);
      for (const link of links) assert.isTrue(existsSync(`${folder}${link}`), `${page} -> ${link}`);
    });
});
