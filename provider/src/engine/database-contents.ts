/**
 * The rows of one database as far as they have been read. Planners are pure and do not say what they look at, so it is noted: who
 * looks at rows that are not here is stopped by RowsNotRead, the rest is read, and the work done again. After a write only what
 * its kind looked at before is read, however much else the database holds.
 */
import { catalogAreas, type CatalogArea, type DatabaseRows } from "./catalog-snapshot";

/** Never reaches a person: ManagedDatabase.read answers it. */
export class RowsNotRead extends Error {
  constructor(area: CatalogArea) {
    super(`the rows of catalog query ${area} were not read`);
  }
}

/** What each kind has looked at in this process. */
export class Interests {
  private readonly areas = new Map<string, Set<CatalogArea>>();
  private current: Set<CatalogArea> | undefined;

  /** undefined = not known yet. */
  of(reader: string): ReadonlySet<CatalogArea> | undefined {
    return this.areas.get(reader);
  }

  /** Notes what is looked at until the work is done. */
  async during<T>(reader: string, work: () => Promise<T>): Promise<T> {
    const before = this.current;
    this.current = this.areas.get(reader) ?? new Set();
    this.areas.set(reader, this.current);
    try {
      return await work();
    } finally {
      this.current = before;
    }
  }

  look(area: CatalogArea): void {
    this.current?.add(area);
  }
}

export class DatabaseContents {
  private read: Partial<DatabaseRows> = {};
  /** Looks at what was read; throws RowsNotRead for what was not. */
  readonly rows: DatabaseRows;

  constructor(interests: Interests) {
    const look = (area: CatalogArea) => (): unknown => {
      interests.look(area);
      const rows = this.read[area];
      if (rows === undefined) throw new RowsNotRead(area);
      return rows;
    };
    this.rows = Object.defineProperties(
      {},
      Object.fromEntries(catalogAreas.map((area) => [area, { enumerable: true, get: look(area) }])),
    ) as DatabaseRows;
  }

  add(rows: Partial<DatabaseRows>): void {
    this.read = { ...this.read, ...rows };
  }

  /** Which of the areas, of all when none are named, are still to be read. */
  missing(areas: Iterable<CatalogArea> = catalogAreas): CatalogArea[] {
    return [...areas].filter((area) => this.read[area] === undefined);
  }
}
