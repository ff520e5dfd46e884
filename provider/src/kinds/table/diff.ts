/**
 * What is different between a wanted table and the live one, and which parts must be taken down around a changed column.
 * The rules on what blocks ALTER COLUMN: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
 */
import type { NameComparer } from "../../engine/names";
import type { TypeRow } from "../../engine/snapshot/modules";
import { convert, type Conversion } from "./conversion";
import { isString, resolveType, sameType, type DataType } from "./data-type";
import { namesIn, pairUp, sameCheck, sameExpression, sameIndexContent, type Rename } from "./match";
import type {
  DesiredCheck,
  DesiredColumn,
  DesiredIndex,
  DesiredTable,
  LiveCheck,
  LiveColumn,
  LiveIndex,
  LiveTable,
} from "./model";

/** One live column that does not stay as it is. */
export interface ColumnEffect {
  readonly live: LiveColumn;
  /** undefined = the column is dropped. */
  readonly desired: DesiredColumn | undefined;
  /** Dropped, or dropped and added again. */
  readonly gone: boolean;
  readonly renamed: boolean;
  readonly type: Conversion | undefined;
  /** The type changes to or from one that is not there or is a CLR type. */
  readonly unknownType: boolean;
  readonly nullability: "null" | "not-null" | undefined;
  readonly collation: boolean;
  readonly identity: boolean;
}

export interface IndexChange {
  readonly desired: DesiredIndex;
  readonly live: LiveIndex;
  readonly rename: boolean;
  /** Other columns, filter, uniqueness or clustering. */
  readonly otherContent: boolean;
  readonly how: "keep" | "recreate" | "drop-existing" | "rebuild" | "set";
}

export interface TableDiff {
  readonly desired: DesiredTable;
  readonly live: LiveTable;
  readonly renamed: boolean;
  readonly moved: boolean;
  readonly pairs: readonly { readonly desired: DesiredColumn; readonly live: LiveColumn }[];
  readonly effects: ReadonlyMap<string, ColumnEffect>;
  readonly added: readonly DesiredColumn[];
  /** Present name of a live column. */
  readonly rename: Rename;
  readonly indexes: readonly IndexChange[];
  readonly addedIndexes: readonly DesiredIndex[];
  readonly removedIndexes: readonly LiveIndex[];
  readonly checks: readonly {
    readonly desired: DesiredCheck;
    readonly live: LiveCheck;
    readonly how: "keep" | "recreate" | "validate";
    readonly rename: boolean;
  }[];
  readonly addedChecks: readonly DesiredCheck[];
  readonly removedChecks: readonly LiveCheck[];
  readonly defaults: readonly {
    readonly desired: DesiredColumn;
    readonly live: LiveColumn;
    readonly how: "drop" | "add" | "recreate" | "rename";
  }[];
}

export interface DiffFacts {
  readonly names: NameComparer;
  readonly databaseCollation: string | undefined;
  readonly findType: (schema: string, name: string) => TypeRow | undefined;
}

export function diffTable(desired: DesiredTable, live: LiveTable, facts: DiffFacts): TableDiff {
  const { names } = facts;
  const liveByName = new Map(live.columns.map((column) => [names.key(column.name), column]));
  const renames = activeRenames(desired, liveByName, names);
  const rename: Rename = (column) => renames.get(names.key(column))?.name ?? column;
  const sources = new Map([...renames].map(([from, to]) => [names.key(to.name), from]));

  const pairs: { desired: DesiredColumn; live: LiveColumn }[] = [];
  const added: DesiredColumn[] = [];
  const effects = new Map<string, ColumnEffect>();
  const paired = new Set<string>();
  for (const column of desired.columns) {
    const key = names.key(column.name);
    const source = sources.get(key) ?? (renames.has(key) ? undefined : key);
    const partner = source === undefined ? undefined : liveByName.get(source);
    if (source === undefined || !partner) {
      added.push(column);
      continue;
    }
    paired.add(source);
    pairs.push({ desired: column, live: partner });
    const effect = effectOf(column, partner, sources.has(key), facts);
    if (effect) effects.set(source, effect);
  }
  for (const [key, column] of liveByName)
    if (!paired.has(key)) effects.set(key, { ...noEffect(column, undefined), gone: true });

  // PERSISTED is switched in place unless an index stands on the column.
  for (const { desired: column, live: partner } of pairs) {
    const key = names.key(partner.name);
    if (
      !column.computed ||
      !partner.computed ||
      column.computed.persisted === partner.computed.persisted ||
      effects.has(key)
    )
      continue;
    const indexed = live.indexes.some((index) => index.entry.columns.some((used) => names.key(used.name) === key));
    if (indexed) effects.set(key, { ...noEffect(partner, column), gone: true });
  }
  // A computed column comes down when a column that it reads changes in any way.
  if (effects.size > 0)
    for (const { desired: column, live: partner } of pairs) {
      const key = names.key(partner.name);
      if (!partner.computed || !column.computed || effects.get(key)?.gone) continue;
      const read = namesIn(partner.computed.expression, names);
      if ([...effects.keys()].some((name) => name !== key && read.has(name)))
        effects.set(key, { ...noEffect(partner, column), gone: true });
    }

  return {
    desired,
    live,
    renamed: !names.equals(desired.name, live.name),
    moved: !names.equals(desired.schema, live.schema),
    pairs,
    effects,
    added,
    rename,
    ...diffIndexes(desired, live, effects, rename, names),
    ...diffChecks(desired, live, effects, names),
    defaults: diffDefaults(pairs, effects, names),
  };
}

/** Live name to wanted column. A rename is due while the old name is there and the new one is free, or is freed by another rename. */
function activeRenames(
  desired: DesiredTable,
  live: ReadonlyMap<string, LiveColumn>,
  names: NameComparer,
): Map<string, DesiredColumn> {
  const active = new Map<string, DesiredColumn>();
  for (let before = -1; before !== active.size;) {
    before = active.size;
    for (const column of desired.columns) {
      if (column.renamedFrom === undefined) continue;
      const [from, to] = [names.key(column.renamedFrom), names.key(column.name)];
      if (from === to || active.has(from) || !live.has(from) || live.get(from)!.computed) continue;
      if (!live.has(to) || active.has(to)) active.set(from, column);
    }
  }
  return active;
}

function noEffect(live: LiveColumn, desired: DesiredColumn | undefined): ColumnEffect {
  return {
    live,
    desired,
    gone: false,
    renamed: false,
    type: undefined,
    unknownType: false,
    nullability: undefined,
    collation: false,
    identity: false,
  };
}

export function effectOf(
  desired: DesiredColumn,
  live: LiveColumn,
  renamed: boolean,
  facts: DiffFacts,
): ColumnEffect | undefined {
  const none = noEffect(live, desired);
  if (desired.computed || live.computed) {
    const same =
      desired.computed &&
      live.computed &&
      sameExpression(desired.computed.expression, live.computed.expression, facts.names) &&
      (!desired.computed.notNull || live.computed.notNull || desired.computed.persisted !== live.computed.persisted);
    return same ? undefined : { ...none, gone: true };
  }
  const type = typeChange(live.type, desired.type!, facts);
  const nullability = desired.nullable === live.nullable ? undefined : desired.nullable ? "null" : "not-null";
  const wanted = desired.collation ?? facts.databaseCollation;
  const collation =
    isString(desired.type!) && isString(live.type) && wanted !== undefined && live.collation !== undefined &&
    wanted.toLowerCase() !== live.collation.toLowerCase(); // prettier-ignore
  const identity = !sameIdentity(desired, live);
  if (!type && nullability === undefined && !collation && !identity && !renamed) return undefined;
  return {
    ...none,
    renamed,
    type: type === "unknown" ? undefined : type,
    unknownType: type === "unknown",
    nullability,
    collation,
    identity,
  };
}

function typeChange(from: DataType, to: DataType, facts: DiffFacts): Conversion | "unknown" | undefined {
  if (sameType(from, to, facts.names)) return undefined;
  const [source, target] = [resolveType(from, facts.findType), resolveType(to, facts.findType)];
  if (!source || !target) return "unknown";
  const conversion = convert(source, target);
  // An alias over the same base changes the name of the type only, which blocks like any type change.
  return sameType(source, target, facts.names)
    ? { ...conversion, cost: "metadata", lossy: false, widens: false }
    : conversion;
}

function sameIdentity(desired: DesiredColumn, live: LiveColumn): boolean {
  const [wanted, there] = [desired.identity, live.identity];
  return wanted === undefined || there === undefined
    ? wanted === there
    : wanted.seed === there.seed && wanted.increment === there.increment;
}

type Blocker = "primary-key" | "unique" | "index" | "expression";

/** Whether the engine refuses the change of the column while the part stands on it. */
export function blocks(part: Blocker, effect: ColumnEffect): boolean {
  if (effect.gone || effect.unknownType || effect.collation) return true;
  if (part === "expression" && effect.renamed) return true;
  if (effect.type && (!effect.type.widens || part === "primary-key")) return true;
  if (effect.nullability === undefined) return false;
  return part !== "index" || effect.nullability === "not-null";
}

function changesMoreThanName(effect: ColumnEffect): boolean {
  const { gone, type, unknownType, nullability, collation } = effect;
  return gone || type !== undefined || unknownType || nullability !== undefined || collation;
}

function diffIndexes(
  desired: DesiredTable,
  live: LiveTable,
  effects: ReadonlyMap<string, ColumnEffect>,
  rename: Rename,
  names: NameComparer,
): Pick<TableDiff, "indexes" | "addedIndexes" | "removedIndexes"> {
  const same = (wanted: DesiredIndex, there: LiveIndex): boolean => sameIndexContent(wanted, there, names, rename);
  const livePrimary = live.indexes.find((index) => index.role === "primary-key");
  const primary = desired.primaryKey && livePrimary ? [{ desired: desired.primaryKey, live: livePrimary }] : [];
  const uniques = pairUp(
    desired.uniques,
    live.indexes.filter((index) => index.role === "unique"),
    names,
    same,
  );
  const others = pairUp(
    desired.indexes,
    live.indexes.filter((index) => index.role === "index"),
    names,
    same,
  );
  const blocked = (index: LiveIndex): boolean => {
    if (effects.size === 0) return false;
    const touched = (name: string): boolean => {
      const effect = effects.get(names.key(name));
      if (effect === undefined) return false;
      return index.columnstore ? changesMoreThanName(effect) : blocks(index.role, effect);
    };
    if ([...index.columns.map((column) => column.name), ...index.include].some(touched)) return true;
    if (index.where === undefined) return false;
    const read = namesIn(index.where, names);
    return [...effects.keys()].some((name) => read.has(name));
  };
  return {
    indexes: [...primary, ...uniques.both, ...others.both].map((pair) => {
      const sameContent = same(pair.desired, pair.live);
      return {
        ...pair,
        rename: !names.equals(pair.desired.name, pair.live.name) && (pair.desired.named || !pair.live.systemNamed),
        otherContent: !sameContent,
        how: blocked(pair.live) ? "recreate" : indexChange(pair.desired, pair.live, sameContent, names),
      };
    }),
    addedIndexes: [
      ...(desired.primaryKey && !livePrimary ? [desired.primaryKey] : []),
      ...uniques.added,
      ...others.added,
    ],
    removedIndexes: [
      ...(livePrimary && !desired.primaryKey ? [livePrimary] : []),
      ...uniques.removed,
      ...others.removed,
    ],
  };
}

export function indexChange(
  desired: DesiredIndex,
  live: LiveIndex,
  sameContent: boolean,
  names: NameComparer,
): IndexChange["how"] {
  const constraint = desired.role !== "index";
  // A clustered index becomes a clustered columnstore index in place; the other ways are a drop and a build.
  if (desired.columnstore !== live.columnstore)
    return desired.columnstore && desired.clustered && live.clustered ? "drop-existing" : "recreate";
  if (!sameContent) return constraint || (live.clustered && !desired.clustered) ? "recreate" : "drop-existing";
  if (constraint && desired.ignoreDuplicateKey !== live.ignoreDuplicateKey) return "recreate";
  if (
    desired.filegroup !== undefined &&
    live.filegroup !== undefined &&
    !names.equals(desired.filegroup, live.filegroup)
  )
    return "drop-existing";
  // Beside a partitioned table: an index that names no filegroup belongs into its partitions.
  if (desired.partition && !live.partition && !desired.clustered) return "drop-existing";
  const mixed = live.entry.compressionLow !== live.entry.compressionHigh;
  const rebuild =
    live.disabled ||
    desired.fillFactor !== live.fillFactor ||
    desired.padIndex !== live.padIndex ||
    (!mixed && desired.compression !== live.compression);
  if (rebuild) return "rebuild";
  const set =
    desired.ignoreDuplicateKey !== live.ignoreDuplicateKey ||
    desired.compressionDelay !== live.compressionDelay ||
    desired.allowRowLocks !== live.allowRowLocks ||
    desired.allowPageLocks !== live.allowPageLocks;
  return set ? "set" : "keep";
}

function diffChecks(
  desired: DesiredTable,
  live: LiveTable,
  effects: ReadonlyMap<string, ColumnEffect>,
  names: NameComparer,
): Pick<TableDiff, "checks" | "addedChecks" | "removedChecks"> {
  const found = pairUp(desired.checks, live.checks, names, (wanted, there) => sameCheck(wanted, there, names));
  const blocked = (check: LiveCheck): boolean => {
    if (effects.size === 0) return false;
    const read = namesIn(check.expression, names);
    return [...effects].some(([name, effect]) => read.has(name) && blocks("expression", effect));
  };
  return {
    checks: found.both.map(({ desired: wanted, live: there }) => ({
      desired: wanted,
      live: there,
      rename: !names.equals(wanted.name, there.name),
      how:
        blocked(there) || !sameCheck(wanted, there, names) ? "recreate"
        : there.row.isDisabled || (there.row.isNotTrusted && !there.notForReplication) ? "validate"
        : "keep",
    })), // prettier-ignore
    addedChecks: found.added,
    removedChecks: found.removed,
  };
}

function diffDefaults(
  pairs: TableDiff["pairs"],
  effects: ReadonlyMap<string, ColumnEffect>,
  names: NameComparer,
): TableDiff["defaults"] {
  return pairs.flatMap(({ desired, live }) => {
    const effect = effects.get(names.key(live.name));
    const entry = (how: "drop" | "add" | "recreate" | "rename"): TableDiff["defaults"] => [{ desired, live, how }];
    if (effect?.gone) return live.default ? entry("drop") : [];
    if (!desired.default) return live.default ? entry("drop") : [];
    if (!live.default) return entry("add");
    const blocked = effect?.unknownType === true || (effect?.type !== undefined && !effect.type.sameName);
    if (blocked || !sameExpression(desired.default.expression, live.default.expression, names))
      return entry("recreate");
    const keepsName =
      names.equals(desired.default.name, live.default.name) || (live.row.defaultIsSystemNamed && !desired.defaultNamed);
    return keepsName ? [] : entry("rename");
  });
}
