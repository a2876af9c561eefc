import {now} from '../clock.js';
import {EXIT, type ExitCode} from '../problem.js';

/** A second signal sooner than this is a key that bounced, not an order. */
const BOUNCE_MS = 300;

const ENDING = {SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm, SIGHUP: EXIT.sighup} as const;

/** What signals are to do. */
export type Orders = {
  /** The first: nothing new is sent, what is in flight is finished. */
  readonly finish: (signal: keyof typeof ENDING, exit: ExitCode) => void;
  /** The second: what is in flight is given up, and in doubt. */
  readonly abort: () => void;
  readonly show: () => void;
};

/**
 * Listens for signals until the returned function is called. SIGUSR1 shows the progress; without a listener it would open Node's inspector to
 * everybody on this machine. Node forgets at its start which signals were ignored, so `nohup` does not keep a hang-up away.
 */
export function listen(orders: Orders): () => void {
  let firstAt: number | undefined;
  const handlers = Object.entries(ENDING).map(([signal, exit]) => {
    const handler = () => {
      if (firstAt === undefined) {
        firstAt = now();
        orders.finish(signal as keyof typeof ENDING, exit);
      } else if (now() - firstAt >= BOUNCE_MS) orders.abort();
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  process.on('SIGUSR1', orders.show);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
    process.off('SIGUSR1', orders.show);
  };
}
