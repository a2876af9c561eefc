/** What happened to one kind of thing, by its provider's own account. */
export type Counts = {
  /** How many there are now. */
  readonly there: number;
  /** Creations that were executed. Less those removed it is what is there. */
  readonly made: number;
  /** Creations that were executed for a natural key that was there already. */
  readonly again: number;
  /** Natural keys with such a creation. */
  readonly twice: number;
  readonly removed: number;
  /** Requests that were refused for what they said, not for a limit. */
  readonly refused: number;
};

/** The counts of every kind. */
export type Account = Readonly<Record<string, Counts>>;

/** All of one kind that are there, and the natural keys for which a creation was executed more than once. */
export type Listing = {readonly kind: string; readonly there: readonly unknown[]; readonly twice: readonly string[]};

/** Counts what happens to one kind. */
export type AccountKeeper = {
  made(count?: number): void;
  /** A creation was executed for `key`, which was there. */
  again(key: string): void;
  removed(count?: number): void;
  refused(): void;
  /** The natural keys of `again`, in the order in which they came first. */
  twice(): readonly string[];
  read(there: number): Counts;
};

/** Keeps the natural keys that came again, and of the others nothing. */
export function keepAccount(): AccountKeeper {
  const twice = new Set<string>();
  const counts = {made: 0, again: 0, removed: 0, refused: 0};
  return {
    made: (count = 1) => {
      counts.made += count;
    },
    again: (key) => {
      counts.again++;
      twice.add(key);
    },
    removed: (count = 1) => {
      counts.removed += count;
    },
    refused: () => {
      counts.refused++;
    },
    twice: () => [...twice],
    read: (there) => {
      const {made, again, removed, refused} = counts;
      return {there, made, again, twice: twice.size, removed, refused};
    },
  };
}

/** An account for people: a line for each kind of which there was anything. */
export function showAccount(account: Account): string[] {
  return Object.entries(account)
    .filter(([, {made, again, refused}]) => made + again + refused > 0)
    .map(
      ([kind, {there, made, again, twice, removed, refused}]) =>
        `${kind}: ${there} there; ${made} made, ${again} again (${twice} more than once), ${removed} removed, ${refused} refused`,
    );
}
