import type {LaneBuckets} from '../journal/named-lanes.js';
import {hashText} from '../limits/hash.js';
import type {BucketRef} from '../limits/limit.js';
import type {Limit} from '../profiles/profile.js';

/** Finds the buckets that a journal has named among the limits of this session: the run that wrote it may have had others. */
export type RecalledBuckets = {
  /** Where an attempt counts: in the limits of the same name, and in those that the other run did not know and that cover every request. */
  used(named: LaneBuckets): readonly BucketRef[];
  /** What a pause closes; `undefined` where none of it is known here. Without any limit it is what no limit holds. */
  closed(named: LaneBuckets): readonly BucketRef[] | undefined;
};

/** `limits` are those of the profile as it is used; `labelOf` says what people call a bucket, of which a journal has but the number. */
export function recalledBuckets(
  limits: readonly Limit[],
  labelOf: (id: number) => string | undefined = () => undefined,
): RecalledBuckets {
  const placeOf = new Map(limits.map(({name}, place) => [name, place]));
  const ref = (name: string, id: number): BucketRef => ({limit: placeOf.get(name)!, id, label: labelOf(id) ?? name});
  const everywhere = limits.filter(coversEverything).map(({name}) => ref(name, hashText(name)));
  const known = (named: LaneBuckets) => named.filter(([name]) => placeOf.has(name)).map(([name, id]) => ref(name, id));
  // A lane is named once, however many attempts it has.
  const usedBy = new Map<LaneBuckets, readonly BucketRef[]>();
  return {
    used: (named) => {
      let refs = usedBy.get(named);
      if (!refs) {
        const own = known(named);
        refs = [...own, ...everywhere.filter(({limit}) => !own.some((each) => each.limit === limit))];
        usedBy.set(named, refs);
      }
      return refs;
    },
    closed: (named) => {
      const refs = known(named);
      return named.length > 0 && refs.length === 0 ? undefined : refs;
    },
  };
}

function coversEverything({per, groups, operations, with: credentials}: Limit): boolean {
  return per.length === 0 && !groups && !operations && !credentials;
}
