/** What a file of failed rows says of each, beside what the user wrote. */
export const ADDED = ['_error', '_status', '_attempts', '_row'] as const;
/** Of a row in doubt also when its last request left, why it is in doubt and what to look for, and room for what was found: `sluice settle --from`. */
export const ADDED_IN_DOUBT = ['_status', '_attempts', '_row', '_sentAt', '_why', '_check', '_decision'] as const;
/** A file that is fed back has these already: they are written anew. */
const NOT_OWN: readonly string[] = [...ADDED, ...ADDED_IN_DOUBT, '_note'];

/** What the lost answer of a row in doubt was to give, to be filled in: `_captured.communityId`. */
export const CAPTURED = '_captured.';

/** Whether a column is one of those. As headers are compared: case and blanks make no difference. */
export function isAdded(column: string): boolean {
  const name = column.trim().toLowerCase();
  return name.startsWith(CAPTURED) || NOT_OWN.some((each) => each.toLowerCase() === name);
}
