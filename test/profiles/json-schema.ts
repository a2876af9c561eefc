/** As much of JSON Schema as the schema of a profile uses. */
type Schema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly $ref?: string;
};

export type Member = {readonly path: string; readonly required: boolean; readonly value: unknown};

/** Every member that a schema names: `limits[].windows[].seconds`, `operations.NAME.route`. */
export function membersOf(schema: Schema, at = ''): Member[] {
  const inner = schema.additionalProperties;
  return [
    ...(schema.anyOf ?? []).flatMap((one) => membersOf(one, at)),
    ...(schema.items ? membersOf(schema.items, `${at}[]`) : []),
    ...(typeof inner === 'object' ? membersOf(inner, `${at}.NAME`) : []),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
      const path = at === '' ? name : `${at}.${name}`;
      return [
        {path, required: schema.required?.includes(name) ?? false, value: member.default},
        ...membersOf(member, path),
      ];
    }),
  ];
}

/** The first fault of `value` by `schema`, or undefined. What is referred to by `$ref` is any JSON value here. */
export function faultIn(schema: Schema, value: unknown, at = '$'): string | undefined {
  if (schema.$ref !== undefined) return undefined;
  if (schema.anyOf)
    return schema.anyOf.some((one) => faultIn(one, value, at) === undefined) ? undefined : `${at}: no choice fits`;
  if (schema.enum && !schema.enum.includes(value)) return `${at}: not in enum`;
  if (schema.type !== undefined && !hasType(schema.type, value)) return `${at}: no ${schema.type}`;
  if (typeof value === 'string' && !new RegExp(schema.pattern ?? '').test(value)) return `${at}: pattern`;
  if (typeof value === 'string' && value.length < (schema.minLength ?? 0)) return `${at}: minLength`;
  if (typeof value === 'number' && !inRange(schema, value)) return `${at}: range`;
  if (Array.isArray(value))
    return value.length < (schema.minItems ?? 0) ? `${at}: minItems` : firstFault(value, schema, at);
  return typeof value === 'object' && value !== null
    ? memberFault(schema, value as Record<string, unknown>, at)
    : undefined;
}

function hasType(type: string, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function inRange({minimum, exclusiveMinimum, maximum}: Schema, value: number): boolean {
  return (
    value >= (minimum ?? value) &&
    value <= (maximum ?? value) &&
    (exclusiveMinimum === undefined || value > exclusiveMinimum)
  );
}

function firstFault(values: readonly unknown[], {items}: Schema, at: string): string | undefined {
  if (items === undefined) return undefined;
  return values.map((value, i) => faultIn(items, value, `${at}[${i}]`)).find((fault) => fault !== undefined);
}

function memberFault(schema: Schema, value: Readonly<Record<string, unknown>>, at: string): string | undefined {
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${at}: ${missing} is missing`;
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known === false) return `${at}: ${name} is unknown`;
    if (schema.propertyNames && faultIn(schema.propertyNames, name) !== undefined) return `${at}: the name ${name}`;
    const fault = typeof known === 'object' ? faultIn(known, member, `${at}.${name}`) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}
