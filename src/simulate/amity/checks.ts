/** What a member of a request has to be. `each`: the most characters of one text in a list. */
export type Demand = {readonly required?: true} & (
  | {readonly kind: 'text'; readonly min?: number; readonly max: number}
  | {readonly kind: 'texts'; readonly min: number; readonly max: number; readonly each: number}
  | {readonly kind: 'choice'; readonly of: readonly string[]}
  | {readonly kind: 'flag' | 'object'}
);

/** What was sent: the members of the body, and of the query where a request has no body. */
export type Sent = Readonly<Record<string, unknown>>;

/** What is wrong with a request, in the provider's words. Members that nothing is demanded of may be anything. */
export function faultsOf(sent: Sent, demands: Readonly<Record<string, Demand>>): string[] {
  return Object.entries(demands).flatMap(([name, demand]) => {
    const value = sent[name];
    if (value === undefined) return demand.required ? [`The '${name}' field is required.`] : [];
    const fault = faultOf(value, demand);
    return fault === undefined ? [] : [`The '${name}' field ${fault}.`];
  });
}

function faultOf(value: unknown, demand: Demand): string | undefined {
  switch (demand.kind) {
    case 'text':
      return textFault(value, demand.min ?? 0, demand.max);
    case 'texts':
      return listFault(value, demand);
    case 'choice':
      return demand.of.some((each) => each === value)
        ? undefined
        : `value '${String(value)}' does not match any of the allowed values: ${demand.of.join(', ')}`;
    case 'flag':
      return typeof value === 'boolean' ? undefined : 'must be a boolean';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'must be an Object';
  }
}

function textFault(value: unknown, min: number, max: number): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.length < min) return `length must be greater than or equal to ${min} characters long`;
  return value.length > max ? `length must be less than or equal to ${max} characters long` : undefined;
}

function listFault(value: unknown, {min, max, each}: Demand & {kind: 'texts'}): string | undefined {
  if (!Array.isArray(value)) return 'must be an array';
  if (value.length < min) return `must contain greater than or equal to ${min} items`;
  if (value.length > max) return `must contain less than or equal to ${max} items`;
  for (const text of value) {
    const fault = textFault(text, 1, each);
    if (fault !== undefined) return `holds an item that ${fault}`;
  }
  return undefined;
}
