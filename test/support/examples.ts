/**
 * One example of everything that is written as JSON, made by the code that writes it: their keys are the surface. An example has
 * every optional member, because a member that comes and goes is part of the surface too.
 */
export const EXAMPLES: Readonly<Record<string, unknown>> = {};
