import {dirname, join} from 'node:path/posix';

/** One tracked file: its path from the root of the project, with slashes, and what it says. */
export type SourceFile = {readonly path: string; readonly text: string};

/** What breaks a rule, as sentences that say what to do; empty when nothing does. */
export type Rule = (files: readonly SourceFile[]) => string[];

const FLOORS: readonly (readonly string[])[] = [
  ['operations', 'limits', 'journal'],
  ['profiles', 'budgets'],
  ['requests', 'http'],
  ['schedule'],
  ['plan', 'run', 'report', 'simulate'],
  ['jobs'],
  ['ui'],
  ['commands'],
];

/** The one folder or file that may import a package, because moving to its next major version has to be a day's work. */
const ONLY_IMPORTERS: Readonly<Record<string, string>> = {
  'p-queue': 'src/limits/lane.ts',
  got: 'src/http/',
  'cli-progress': 'src/ui/',
  'csv-parse': 'src/operations/',
  'd3-scale': 'src/ui/chart.ts',
  'd3-shape': 'src/ui/chart.ts',
};

const CLOCKS = ['src/clock.ts', 'src/limits/lane.ts'];
const DICE = ['src/clock.ts', 'src/run/', 'src/simulate/', 'src/commands/'];
const HIDDEN_CLOCK =
  /\bDate\.now\b|\bnew Date(?:\(\s*\)|(?!\s*\())|\bperformance\.now\b|\bhrtime\b|(?<!(?<!globalThis)\.)\bset(?:Timeout|Interval|Immediate)\b/;
const DRAWER = /^(?:index|utils?|helpers?|types?|common|misc|shared|lib)$/;
const BUSY_CLASS = /\bclass\s+(\w*(?:Manager|Runner|Service|Utils?|Helper))\b/;
const MAX_LINES = 240;
const MAX_COMMAND_LINES = 60;

/** A folder imports from itself and from lower floors only. */
export const floors: Rule = (files) =>
  inSource(files).flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => resolve(file.path, target))
      .filter((target) => !mayImport(file.path, target))
      .map(
        (target) => `${file.path}: imports ${target}; move what both need to a lower floor (see design of the house)`,
      ),
  );

/** No file reaches itself by way of its imports. Imports of types are gone when the program runs, and make no circle. */
export const cycles: Rule = (files) => {
  const imports = new Map(
    inSource(files).map((file) => [file.path, localImports({...file, text: withoutTypes(file.text)})]),
  );
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] => {
    const from = trail.indexOf(path);
    if (from >= 0)
      return [`${[...trail.slice(from), path].join(' -> ')}: cut this circle of imports at its weakest link`];
    if (done.has(path)) return [];
    const found = (imports.get(path) ?? []).flatMap((target) => walk(target, [...trail, path]));
    done.add(path);
    return found;
  };
  return [...imports.keys()].flatMap((path) => walk(path, []));
};

/** Files stay short enough to be read in one sitting. */
export const lengths: Rule = (files) =>
  inSource(files).flatMap(({path, text}) => {
    const most = path.startsWith('src/commands/') ? MAX_COMMAND_LINES : MAX_LINES;
    const lines = text.replace(/\n$/, '').split('\n').length;
    return lines > most ? [`${path}: has ${lines} lines, at most ${most}; split it where its story changes`] : [];
  });

/** A file and a class are named after what they are about. */
export const names: Rule = (files) =>
  inSource(files).flatMap(({path, text}) => {
    const drawer = DRAWER.test(baseName(path)) && !path.startsWith('src/commands/');
    const busy = BUSY_CLASS.exec(codeOf(text))?.[1];
    return [
      ...(drawer ? [`${path}: is a drawer for anything; name it after the one thing it is about`] : []),
      ...(busy
        ? [`${path}: class ${busy} is named after being busy; name it after what it is, or make it functions`]
        : []),
    ];
  });

/** Only commands export by default, because oclif asks for it. */
export const defaults: Rule = (files) =>
  inSource(files)
    .filter(({path, text}) => !path.startsWith('src/commands/') && /^export default\b/m.test(codeOf(text)))
    .map(({path}) => `${path}: exports by default; export it by its name`);

/** Time is an argument, and is read in one file. */
export const clocks: Rule = (files) =>
  inSource(files)
    .filter(({path}) => !CLOCKS.includes(path))
    .flatMap((file) => {
      const found =
        HIDDEN_CLOCK.exec(codeOf(file.text))?.[0] ?? importsOf(file).find((name) => /^(node:)?timers/.test(name));
      return found ? [`${file.path}: uses ${found}; take \`now\` as an argument, or wait by way of src/clock.ts`] : [];
    });

/** Chance is an argument too, below the edges. */
export const dice: Rule = (files) =>
  inSource(files)
    .filter(({path, text}) => !DICE.some((edge) => path.startsWith(edge)) && /\bMath\.random\b/.test(codeOf(text)))
    .map(({path}) => `${path}: uses Math.random; take \`random: () => number\` as an argument`);

/** Each of some packages is imported in one place. */
export const importers: Rule = (files) =>
  inSource(files).flatMap((file) =>
    importsOf(file).flatMap((target) => {
      const found = Object.entries(ONLY_IMPORTERS).find(([name]) => target === name || target.startsWith(`${name}/`));
      return !found || file.path.startsWith(found[1])
        ? []
        : [`${file.path}: imports ${target}; only ${found[1]} does, use what it exports`];
    }),
  );

/** Nothing tells on which machine, or from which registry, a file was made. */
export const workplace: Rule = (files) =>
  files.flatMap(({path, text}) => {
    const found = /(?<![\w.:/}-])\/(?:work|home|root|Users)\/[\w.-]+|\bregistry\.[\w-]+\.\w+/.exec(text)?.[0];
    return found ? [`${path}: names ${found}, a place on somebody's machine; say it relative to the project`] : [];
  });

/**
 * Every source file with code in it is tested where one looks for it: by the test of its name, by another test of its folder, or by way
 * of a file of its folder that is. Tests of a folder are named after its files (`ledger.test.ts`, `ledger.property.test.ts`), after a
 * folder within it, or `faults.test.ts` where each fixture is one fault; those of the commands after what one meets at a terminal.
 */
export function mirrors(exceptions: Readonly<Record<string, string>>): Rule {
  return (files) => {
    const paths = new Set(files.map(({path}) => path));
    const tested = testedFiles(files);
    const untested = inSource(files)
      .filter(({path, text}) => !/^src\/(commands|ui)\//.test(path) && !(path in exceptions) && hasCode(text))
      .filter(({path}) => !tested.has(path))
      .map(({path}) => `${path}: has no ${testOf(path)}; write it, or say in test/house.test.ts why there is none`);
    const folders = new Set(FLOORS.flat());
    const astray = files
      .filter(
        ({path}) =>
          path.endsWith('.test.ts') &&
          folders.has(path.split('/')[1]!) &&
          !path.endsWith('/faults.test.ts') &&
          !path.startsWith('test/commands/'),
      )
      .map(({path}) => ({path, tests: path.replace(/^test\//, 'src/').replace(/(?:\.\w+)?\.test\.ts$/, '')}))
      .filter(({tests}) => !paths.has(`${tests}.ts`) && !files.some(({path}) => path.startsWith(`${tests}/`)))
      .map(({path}) => `${path}: tests no file of its name; name it after the file whose promises it keeps`);
    const stale = Object.keys(exceptions)
      .filter((path) => !paths.has(path) || tested.has(path))
      .map((path) => `${path}: is excepted from having a test without need; strike it from the list`);
    return [...untested, ...astray, ...stale];
  };
}

function testedFiles(files: readonly SourceFile[]): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const tested = new Set<string>();
  const reach = (path: string, folder: string) => {
    const file = byPath.get(path);
    if (!file || tested.has(path) || !path.startsWith('src/') || folderOf(path) !== folder) return;
    tested.add(path);
    for (const target of localImports(file)) reach(target, folder);
  };
  for (const file of files.filter(({path}) => path.endsWith('.test.ts'))) {
    reach(file.path.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts'), folderOf(file.path));
    for (const target of localImports(file)) reach(target, folderOf(file.path));
  }
  return tested;
}

function inSource(files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({path}) => path.startsWith('src/') && path.endsWith('.ts'));
}

/** Without comments and without what strings say. Near enough to reading the grammar for the few words looked for here. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? ' ' : "''",
  );
}

function importsOf({text}: SourceFile): string[] {
  const bare = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm, ' ');
  return [...bare.matchAll(/\bfrom\s+'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g)].map(
    ([, from, direct]) => (from ?? direct)!,
  );
}

function withoutTypes(text: string): string {
  return text.replace(/\b(?:import|export) type [^;]*?from/g, '');
}

function localImports(file: SourceFile): string[] {
  return importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => resolve(file.path, target));
}

function resolve(from: string, target: string): string {
  return join(dirname(from), target).replace(/\.js$/, '.ts');
}

function mayImport(from: string, target: string): boolean {
  if (!target.startsWith('src/')) return false;
  const [own, other] = [folderOf(from), folderOf(target)];
  return own === other ? floorOf(own) >= 0 : floorOf(other) >= 0 && floorOf(other) < floorOf(own);
}

/** `''` for the files that lie in src itself: they are the ground floor. */
function folderOf(path: string): string {
  return path.split('/').length > 2 ? path.split('/')[1]! : '';
}

/** -1 for a folder that stands on no floor. */
function floorOf(folder: string): number {
  return folder === '' ? 0 : FLOORS.findIndex((floor) => floor.includes(folder)) + 1 || -1;
}

function hasCode(text: string): boolean {
  return /^export (?:async )?(?:const|let|function|class)\b/m.test(text);
}

function baseName(path: string): string {
  return path.replace(/^.*\//, '').replace(/\.ts$/, '');
}

function testOf(path: string): string {
  return path.replace(/^src\//, 'test/').replace(/\.ts$/, '.test.ts');
}
