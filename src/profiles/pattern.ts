/** Longer patterns than this are refused: nobody can tell by reading them what they match, or for how long. */
const LONGEST_PATTERN = 200;

/**
 * Why `source` cannot be a pattern of a profile, or undefined when it can: it does not compile, or could search for hours on a path that
 * was made to do so. Refused are a repetition inside a repetition, alternatives inside one, references back, and too many repetitions
 * without an end: each multiplies the time by the length of what it can run over. `[^/]` runs over one segment; others over the whole path.
 */
export function patternFault(source: string): string | undefined {
  if (source.length > LONGEST_PATTERN)
    return `is ${source.length} characters long, expected at most ${LONGEST_PATTERN}`;
  try {
    new RegExp(source);
  } catch (error) {
    return `is ${JSON.stringify(source)}, which does not compile: ${(error as Error).message.replace(/^.*: /, '')}`;
  }
  const cost = searchCost(source);
  if (cost === undefined) return undefined;
  return `is ${JSON.stringify(source)}, which could search for hours: ${cost}`;
}

/** How many repetitions without an end one pattern may have; one fewer of the wide ones when it may begin anywhere. */
const MOST_WIDE = 2;
const MOST_NARROW = 4;

/** Whether the length of what a group matches may vary, and whether it offers alternatives. */
type Group = {repeats: boolean; alternatives: boolean};

const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?<?[:=!]|\(\?<\w+>|[*+?]\??|\{\d+(?:,\d*)?\}\??|[\s\S]/g;

function searchCost(source: string): string | undefined {
  if (/\\[1-9]|\\k</.test(source)) return 'it refers back to a group';
  const groups: Group[] = [{repeats: false, alternatives: false}];
  let wide = 0;
  let narrow = 0;
  let before = '';
  let closed: Group | undefined;
  for (const token of source.match(TOKEN) ?? []) {
    if (token.startsWith('(')) groups.push({repeats: false, alternatives: false});
    else if (token === '|') groups.at(-1)!.alternatives = true;
    else if (/^\?\??$/.test(token)) for (const group of groups) group.repeats = true;
    else if (isRepetition(token)) {
      if (closed?.repeats) return 'a repetition is repeated';
      if (closed?.alternatives) return 'alternatives are repeated';
      for (const group of groups) group.repeats = true;
      if (/^\[\^.*\/.*\]$/.test(before)) narrow++;
      else wide++;
    }
    closed = token === ')' && groups.length > 1 ? groups.pop() : undefined;
    before = token;
  }
  const mostWide = source.startsWith('^') && !groups[0]!.alternatives ? MOST_WIDE : MOST_WIDE - 1;
  if (wide > mostWide) return `it has ${wide} repetitions that run over the whole path, expected at most ${mostWide}`;
  return narrow > MOST_NARROW ? `it has ${narrow} repetitions, expected at most ${MOST_NARROW}` : undefined;
}

/** May be matched a number of times that is not fixed. `{4}` is not one: it can be matched in one way only. */
function isRepetition(token: string): boolean {
  if (/^[*+]\??$/.test(token)) return true;
  const braces = /^\{(\d+),(\d*)\}/.exec(token);
  return braces !== null && braces[1] !== braces[2];
}
