import type {Step} from './job.js';

/** The steps, each behind all that it needs and else as they were written. There is no circle in them. */
export function inOrder(steps: readonly Step[]): readonly Step[] {
  const ordered: Step[] = [];
  const put = (step: Step) => {
    if (ordered.includes(step)) return;
    for (const need of step.needs) put(steps.find(({name}) => name === need)!);
    ordered.push(step);
  };
  steps.forEach(put);
  return ordered;
}
