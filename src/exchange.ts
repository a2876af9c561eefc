/** What goes over the wire, complete but for the credential, which is put in at the last moment and never kept. */
export type WireRequest = {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** A form with files, sent in place of `body`, which then only stands for it: names, texts, and of files name, type and size. */
  readonly upload?: Upload | undefined;
};

/** The fields of a multipart form, in their order. */
export type Upload = readonly (
  | {readonly name: string; readonly text: string}
  | {readonly name: string; readonly file: UploadedFile}
)[];

/** A file that is read when it is sent. `bytes` is its size when it was looked for, `type` its media type. */
export type UploadedFile = {
  readonly path: string;
  readonly filename: string;
  readonly bytes: number;
  readonly type: string;
};

/** What arrived. `body` is at most as long as the cap of the exchange; `bodyLost` when its end never came or could not be decoded. */
export type Response = {
  readonly status: number;
  /** Lower-case names; what came several times is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly bodyLost: boolean;
};

/**
 * How one exchange ended, by the phase it had reached, never by the error code alone. `unsent`: no byte of the request left, so it may
 * be sent again freely. `unanswered`: it left and nobody knows. `untrusted`: the certificate was refused; sending again cannot help.
 * `headAt` is when the status of an answer was there, before its body: by then the provider had counted the request.
 */
export type Exchange =
  | {readonly kind: 'answered'; readonly response: Response; readonly headAt?: number}
  | {readonly kind: 'unsent'; readonly error: string; readonly message: string}
  | {readonly kind: 'unanswered'; readonly error: string; readonly message: string; readonly timedOut: boolean}
  | {readonly kind: 'untrusted'; readonly error: string; readonly message: string};
