import * as z from 'zod';

/** A name that may hold dots and dashes: credentials, operations. */
export const name = z.string().regex(/^[A-Za-z0-9][\w.+:-]*$/, 'a name of letters, digits, "-", "_", ".", "+" and ":"');

/** A name that people type in flags and columns: limits, groups, scopes, regions, variants. */
export const word = z.string().regex(/^[A-Za-z0-9][\w.-]*$/, 'a name of letters, digits, "-", "_" and "."');

/** The name of an HTTP header, in any case. */
export const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header');

/** `POST /bots/{bot}/export`: a method, a blank, and a path whose parameters take whole segments. */
export const routeText = z
  .string()
  .regex(
    /^[A-Z]+ (\/|(\/([^\s/{}?#]+|\{[A-Za-z]\w*\}))+\/?)$/,
    'METHOD /path/{parameter}: one blank, no query, and a parameter takes a whole segment',
  )
  .meta({description: 'METHOD /path/{parameter}, under the base URL'});
