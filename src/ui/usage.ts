import {EXIT, Problem} from '../problem.js';
import {didYouMean} from '../profiles/nearest.js';
import {plain} from './plain.js';

/** What oclif's parser throws, as far as it matters here. */
type ParseFault = Error & {
  readonly flags?: readonly string[];
  readonly args?: readonly {readonly name?: string; readonly description?: string}[];
  readonly parse?: {readonly input?: {readonly flags?: Readonly<Record<string, unknown>>}};
  readonly oclif?: {readonly exit?: number};
};

/** What the shell says of a command that is not there; here it is a wrong word like any other. */
const NOT_FOUND = 127;
const SECRET = /token|secret|passw|key|auth|credential|bearer/i;

/**
 * An error as it is to be told, `words` being what was typed: what oclif says of words that do not fit becomes a Problem (2) like any other,
 * and no Problem holds anything that a terminal would obey. Every other error is returned as it is.
 */
export function told(error: unknown, words: readonly string[]): unknown {
  if (error instanceof Problem || isProblem(error)) return safely(error);
  const {parse, oclif} = (error ?? {}) as ParseFault;
  if (oclif?.exit === NOT_FOUND)
    return usage('COMMAND_UNKNOWN', `${JSON.stringify(words[0] ?? '')} is not a command`, 'Type: sluice help');
  return parse === undefined && oclif?.exit !== EXIT.usage ? error : usageProblem(error as ParseFault, words);
}

function usageProblem(fault: ParseFault, words: readonly string[]): Problem {
  const command = /^[a-z]+$/.test(words[0] ?? '') ? `sluice ${words[0]}` : 'sluice';
  const help = `Type: ${command} --help`;
  if (fault.flags) return unknownFlags(fault.flags, Object.keys(fault.parse?.input?.flags ?? {}), help);
  const missing = fault.constructor.name === 'RequiredArgsError' ? fault.args?.[0] : undefined;
  if (missing) {
    const name = missing.name?.toUpperCase();
    return usage(
      'WORD_MISSING',
      `${name} is missing, expected ${missing.description}`,
      `${help}, which begins with an example.`,
    );
  }
  const flag = /Missing required flag (\S+)/.exec(fault.message)?.[1];
  if (flag) return usage('WORD_MISSING', `--${flag} is missing`, `${help}, which begins with an example.`);
  // Blanks and colours for a terminal, and a hint that does not hold for flags that take one value each.
  const text = fault.message
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(/\n*Note: [\s\S]*$|\n*See more help with --help/g, '')
    .replace(/^The following errors? occurred:/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return usage('WORD_INVALID', text.charAt(0).toLowerCase() + text.slice(1), help);
}

/** Of a flag that is not known only the name is shown: what stands behind it may be a secret. */
function unknownFlags(flags: readonly string[], known: readonly string[], help: string): Problem {
  const names = flags.map((flag) => flag.replace(/=[\s\S]*/, ''));
  const guesses = names.map((name) =>
    didYouMean(
      name,
      known.map((each) => `--${each}`),
    ).replaceAll('"', ''),
  );
  const text = names.map((name, index) => `${plain(name)} is not a flag${guesses[index]}`).join('; ');
  const fix = names.some((name) => SECRET.test(name))
    ? 'Set the secret in the environment, or in a file of mode 0600 named with --env-file: everybody on this machine can read a command line.'
    : help;
  return usage('FLAG_UNKNOWN', text, fix);
}

/** A Problem of another copy of this module: the loader of the tests has one of its own. */
function isProblem(error: unknown): error is Problem {
  return error instanceof Error && error.name === 'Problem' && 'suggestions' in error;
}

function safely(problem: Problem): Problem {
  const {code, message, suggestions, exit} = problem;
  const lines = (text: string) => text.split('\n').map(plain).join('\n');
  return new Problem(code, lines(message), suggestions.map(lines).join('\n'), {exit});
}

function usage(code: string, message: string, fix: string): Problem {
  return new Problem(code, message, fix, {exit: EXIT.usage});
}
