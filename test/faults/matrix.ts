import {existsSync, readFileSync} from 'node:fs';

/** One case of the fault matrix, and where it is judged besides the scripts in this folder. */
export type Entry = {
  readonly id: string;
  readonly fault: string;
  readonly expected: string;
  /** Tests of the suite, as `FILE: title`; part of a title will do. */
  readonly tests?: readonly string[];
  /** Another script of package.json that judges it. */
  readonly script?: string;
  /** Why it is not judged, or not here. */
  readonly cannot?: string;
  /** What is expected and not done. */
  readonly fails?: string;
  /** In what the program does otherwise than expected, and why. */
  readonly differs?: string;
};

export const readMatrix = (): readonly Entry[] => JSON.parse(readFileSync('fixtures/faults.json', 'utf8'));

/** What is wrong with the tests that an entry names: a file that is not there, a title that is not in it. */
export function claimFaults({id, tests = []}: Entry): string[] {
  return tests.flatMap((claim) => {
    const [, file, title] = /^(\S+\.ts): (.+)$/.exec(claim) ?? [];
    if (file === undefined || title === undefined) return [`${id}: "${claim}" is not FILE: title`];
    if (!existsSync(file)) return [`${id}: ${file} is not there`];
    return readFileSync(file, 'utf8').replaceAll("\\'", "'").includes(title)
      ? []
      : [`${id}: ${file} has no "${title}"`];
  });
}

/** What became of one ID. `scripted`: how each case of this folder ended. */
export type Row = {
  readonly entry: Entry;
  readonly scripted: readonly {readonly title: string; readonly result: string}[];
  readonly result: string;
};

const cell = (text: string) => text.replaceAll('|', '\\|');

/** The table, as it stands in docs/faults.md. */
export function table(rows: readonly Row[]): string[] {
  return [
    '| | fault | expected | judged by | result |',
    '|---|---|---|---|---|',
    ...rows.map(({entry, scripted, result}) => {
      const {id, fault, expected, tests = [], script} = entry;
      const by = [
        ...scripted.map(({title}) => `\`npm run test:faults\`: ${title}`),
        ...tests.map((claim) => claim.replace(/^(\S+): (.+)$/, '`$1`: "$2"')),
        ...(script === undefined ? [] : [`\`${script}\``]),
      ];
      return `| ${[id, fault, expected, by.join('<br>') || '-', result].map(cell).join(' | ')} |`;
    }),
  ];
}

/** The result of an ID: what failed if anything did, else that it passes, with what differs, else why it is not judged. */
export function resultOf(entry: Entry, scripted: Row['scripted']): string {
  const failed = scripted.filter(({result}) => result.startsWith('fails'));
  if (failed.length > 0) return failed.map(({result}) => result).join('; ');
  if (entry.fails !== undefined) return `not kept: ${entry.fails}`;
  const skipped = scripted.filter(({result}) => result.startsWith('skipped'));
  const passed = scripted.length > skipped.length || (entry.tests?.length ?? 0) > 0 || entry.script !== undefined;
  const differs = entry.differs === undefined ? '' : `; ${entry.differs}`;
  if (skipped.length > 0) return `${passed ? 'passes, and ' : ''}${skipped[0]!.result}${differs}`;
  if (passed) return `passes${differs}${entry.cannot === undefined ? '' : `; ${entry.cannot}`}`;
  return entry.cannot === undefined ? 'GAP' : `not here: ${entry.cannot}`;
}
