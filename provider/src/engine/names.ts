/** Comparison of names as a database with a given collation compares them. */

export interface NameComparer {
  readonly collation: string;
  equals(left: string, right: string): boolean;
  /** Equal names have equal keys: for Map and Set. */
  key(name: string): string;
}

/**
 * Collation names say what they compare: _CS_, _CI_, _AI, _BIN. Catalog names compare in the database's collation;
 * width and kana rules are left out: two names that differ only there count as different, which is the safe side.
 */
export function nameComparer(collation: string): NameComparer {
  const parts = collation.toUpperCase().split("_");
  const binary = parts.includes("BIN") || parts.includes("BIN2");
  const caseSensitive = binary || parts.includes("CS");
  const accentSensitive = binary || !parts.includes("AI");
  const key = (name: string): string => {
    // Trailing spaces do not count in any SQL Server comparison.
    let folded = name.replace(/ +$/, "");
    if (!accentSensitive) folded = folded.normalize("NFD").replace(/\p{Mn}+/gu, "");
    return caseSensitive ? folded : folded.toUpperCase();
  };
  return { collation, key, equals: (left, right) => left === right || key(left) === key(right) };
}
