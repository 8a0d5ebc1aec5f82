/**
 * A persistent map from ids to numbers in pages: setting one value copies one page, not the whole map, so a session of
 * hours stays cheap to extend while every earlier version stays as it was.
 */
export type IdIndex = ReadonlyMap<number, ReadonlyMap<number, number>>;

const PAGE_BITS = 8;

export const EMPTY_ID_INDEX: IdIndex = new Map();

export function idIndexGet(index: IdIndex, id: number): number | undefined {
  return index.get(Math.floor(id / 2 ** PAGE_BITS))?.get(id);
}

/** Collects changes to an index; pages are copied at the first write to them. */
export interface IdIndexDraft {
  get(id: number): number | undefined;
  set(id: number, value: number): void;
  finish(): IdIndex;
}

export function draftIdIndex(base: IdIndex): IdIndexDraft {
  let pages: Map<number, Map<number, number>> | undefined;
  const owned = new Map<number, Map<number, number>>();
  return {
    get: (id) => {
      const page = Math.floor(id / 2 ** PAGE_BITS);
      return (owned.get(page) ?? base.get(page))?.get(id);
    },
    set: (id, value) => {
      const number = Math.floor(id / 2 ** PAGE_BITS);
      let page = owned.get(number);
      if (!page) {
        page = new Map(base.get(number));
        owned.set(number, page);
      }
      page.set(id, value);
    },
    finish: () => {
      if (owned.size === 0) return base;
      pages = new Map(base as ReadonlyMap<number, Map<number, number>>);
      for (const [number, page] of owned) pages.set(number, page);
      return pages;
    },
  };
}
