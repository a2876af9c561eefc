import {
  converted,
  type Definitions,
  isReadOnly,
  propertiesOf,
  propertyOf,
  requiredOf,
  restOf,
  type Types,
  typesOf,
} from './contract-shape.js';
import type {Schema} from './openapi-schema.js';

type Row = Readonly<Record<string, unknown>>;

/** Where the value of a column goes in a body, and of what type it has to be. */
type Slot = {readonly column: string; readonly steps: readonly string[]; readonly types: Types};

/** A body made of columns by their names: `age`, and `address.city` for what lies within. */
export type BodyOfColumns = {
  /** Undefined where no column of the row has a value for it. */
  readonly fill: (row: Row) => unknown;
  /** Where the value of a column goes, as steps; undefined for one that goes nowhere. */
  readonly stepsOf: (column: string) => readonly string[] | undefined;
};

/** Finds out, once for each column, where its value goes. `columns`: undefined where rows need not have the same. */
export function bodyOfColumns(
  schema: Schema,
  definitions: Definitions,
  columns: readonly string[] | undefined,
): BodyOfColumns {
  const slots = new Map<string, Slot | undefined>();
  const slotOf = (column: string): Slot | undefined => {
    if (!slots.has(column)) slots.set(column, slotIn(column, schema, definitions));
    return slots.get(column);
  };
  const known = columns?.map(slotOf).filter((slot) => slot !== undefined);
  return {
    fill(row) {
      const body: Record<string, unknown> = Object.create(null);
      const made = new Set<unknown>([body]);
      for (const slot of known ?? Object.keys(row).map(slotOf)) {
        const value = slot && row[slot.column];
        // An empty cell is no value.
        if (value === undefined || value === '') continue;
        put(body, slot!, converted(value, slot!.types), made);
      }
      return Object.keys(body).length === 0 ? undefined : body;
    },
    stepsOf: (column) => slotOf(column)?.steps,
  };
}

/** The required properties that no column fills, as columns would have to be called. */
export function missingIn(
  schema: Schema,
  definitions: Definitions,
  columns: readonly string[],
  before = '',
): readonly string[] {
  const required = new Set(requiredOf(schema, definitions));
  return propertiesOf(schema, definitions).flatMap((name) => {
    const column = `${before}${name}`;
    if (columns.includes(column)) return [];
    const property = propertyOf(schema, name, definitions) ?? true;
    if (columns.some((each) => each.startsWith(`${column}.`)))
      return missingIn(property, definitions, columns, `${column}.`);
    return required.has(name) && !isReadOnly(property, definitions) ? [column] : [];
  });
}

function slotIn(column: string, schema: Schema, definitions: Definitions): Slot | undefined {
  const found = placeIn(column, schema, definitions);
  return found && {column, steps: found.steps, types: typesOf(found.schema, definitions)};
}

type Found = {readonly steps: readonly string[]; readonly schema: Schema};

/** A name as it stands is the name of a property, dots and all; else what stands before a dot is. */
function placeIn(name: string, schema: Schema, definitions: Definitions): Found | undefined {
  const property = propertyOf(schema, name, definitions);
  if (property !== undefined) return isReadOnly(property, definitions) ? undefined : {steps: [name], schema: property};
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const [head, tail] = [name.slice(0, dot), name.slice(dot + 1)];
    const outer = propertyOf(schema, head, definitions);
    if (outer === undefined || tail === '' || isReadOnly(outer, definitions)) continue;
    const inner = placeIn(tail, outer, definitions);
    if (inner) return {...inner, steps: [head, ...inner.steps]};
    const rest = propertyOf(outer, tail, definitions) === undefined ? restOf(outer, definitions) : undefined;
    if (rest !== undefined) return {steps: [head, tail], schema: rest};
  }
  return undefined;
}

/** Puts a value at its place. An object of the row itself is not changed: a copy goes there, which is then among those `made`. */
function put(body: Record<string, unknown>, {steps}: Slot, value: unknown, made: Set<unknown>): void {
  let within = body;
  for (const step of steps.slice(0, -1)) {
    const there = within[step];
    if (!made.has(there)) {
      const copy: Record<string, unknown> = Object.create(null);
      if (typeof there === 'object' && there !== null && !Array.isArray(there)) Object.assign(copy, there);
      made.add(copy);
      within[step] = copy;
    }
    within = within[step] as Record<string, unknown>;
  }
  within[steps.at(-1)!] = value;
}
