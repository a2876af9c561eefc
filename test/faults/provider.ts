import {type ChildProcess, fork} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import type {Act, Heard, Order, Rule} from './server.js';

/** A provider that fails as it is told. */
export type FaultyProvider = {
  readonly url: string;
  /** What arrived, from its log. */
  heard(): Heard[];
  /** How many requests have arrived; known as they arrive. */
  count(): number;
  /** How many times something was executed. */
  executions(): number;
  tell(order: Order): Promise<void>;
  close(): Promise<void>;
};

/** Answers as c.0 of the fault matrix names them. */
export const ACTS = {
  resetBefore: {name: 'reset-before-exec', executes: false, instead: 'reset'},
  resetAfter: {name: 'reset-after-exec', instead: 'reset'},
  finAfter: {name: 'fin-after-exec', instead: 'fin'},
  hang: {name: 'hang', instead: 'hang'},
  truncated: {name: 'truncate-201', instead: 'truncated'},
  badGzip: {name: 'badgzip-201', instead: 'bad-gzip'},
} as const satisfies Record<string, Act>;

/** A status instead of doing it. */
export function status(code: number, body = '{"message":"no"}', headers: Act['headers'] = {}): Act {
  return {name: `status:${code}`, executes: false, status: code, body, headers};
}

export async function openProvider(log: string, rules: readonly Rule[] = []): Promise<FaultyProvider> {
  writeFileSync(log, '');
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [log], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let [count, executions] = [0, 0];
  child.on('message', (message: {heard?: number; executed?: boolean}) => {
    if (message.heard === undefined) return;
    count = message.heard;
    if (message.executed) executions += 1;
  });
  const port = await heardFrom<{port: number}>(child, 'port');
  const tell = async (order: Order) => {
    child.send(order);
    await heardFrom(child, order.listening === undefined ? 'told' : order.listening ? 'port' : 'closed');
  };
  if (rules.length > 0) await tell({rules});
  return {
    url: `http://127.0.0.1:${port.port}`,
    heard: () => linesOf<Heard>(readFileSync(log, 'utf8')),
    count: () => count,
    executions: () => executions,
    tell,
    close: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function heardFrom<Message>(child: ChildProcess, member: string): Promise<Message> {
  for (;;) {
    const [message] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error('the provider ended');
      }),
    ])) as [Message];
    if (member in (message as object)) return message;
  }
}

/** The lines of an NDJSON text; one that was cut short is left out. */
export function linesOf<Line>(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}
