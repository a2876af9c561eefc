import {closeSync, fstatSync, openSync, readFileSync} from 'node:fs';
import {EXIT, Problem} from '../problem.js';

/**
 * Reads a file of `KEY=VALUE` lines: blank lines, `#` comments, a leading `export ` and quotes around a value are allowed; nothing is
 * expanded. Throws ENV_FILE_UNREADABLE, ENV_FILE_EXPOSED (others may read it) or ENV_FILE_INVALID, all exit 77; none shows a value.
 */
export function readEnvFile(path: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = Object.create(null);
  const lines = readPrivate(path)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new Problem('ENV_FILE_INVALID', 'this line is not KEY=VALUE', `Correct line ${index + 1} of ${path}.`, {
        at: {file: path, line: index + 1},
        exit: EXIT.credentials,
      });
    }
    values[name] = unquoted(value);
  }
  return values;
}

// Mode and content are read of one open file: nobody can exchange it in between.
function readPrivate(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const mode = fstatSync(file).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw exposed(path, mode);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Problem) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'an unknown error';
    throw new Problem(
      'ENV_FILE_UNREADABLE',
      `it cannot be read (${reason})`,
      'Give the path of a file of KEY=VALUE lines with --env-file.',
      {
        at: {file: path},
        exit: EXIT.credentials,
      },
    );
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function exposed(path: string, mode: number): Problem {
  const shown = mode.toString(8).padStart(4, '0');
  return new Problem(
    'ENV_FILE_EXPOSED',
    `its mode is ${shown}, expected 0600: others may read the secrets in it`,
    `Type: chmod 600 ${path}`,
    {
      at: {file: path},
      exit: EXIT.credentials,
    },
  );
}

function unquoted(value: string): string {
  const quote = value[0];
  return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
}
