/** What a stream may be sent. Bars need a terminal that can move its cursor; colours also that nobody declined them. */
export type Terminal = {readonly tty: boolean; readonly color: boolean};

/** Asks the stream and the environment: `NO_COLOR` (when not empty) and `TERM=dumb` are honoured. */
export function terminalOf(
  stream: {readonly isTTY?: boolean},
  env: Readonly<Record<string, string | undefined>>,
): Terminal {
  const tty = stream.isTTY === true && env.TERM !== 'dumb';
  return {tty, color: tty && !env.NO_COLOR};
}
