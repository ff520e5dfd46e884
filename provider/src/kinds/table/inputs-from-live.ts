/** Inputs as the server has them now: a part that is still as written keeps the words of the person. */
import type { NameComparer } from "../../engine/names";
import { typeText } from "./data-type";
import { effectOf, indexChange, type DiffFacts } from "./diff";
import {
  normalizeCheck,
  normalizeColumn,
  normalizeForeignKey,
  normalizeIndex,
  placeIndex,
  type GivenTable,
} from "./desired";
import type { ColumnInputs, ForeignKeyInputs, IndexInputs, KeyInputs, TableBody } from "./inputs";
import { normalizeVersioning } from "./desired-versioning";
import { clusteredIndexOf, historyIndexChange } from "./history-index";
import { compressionOf } from "./live";
import { pairUp, sameCheck, sameExpression, sameForeignKey, sameIndexContent } from "./match";
import type { LiveCheck, LiveColumn, LiveForeignKey, LiveIndex, LiveTable } from "./model";
import { sameRetention } from "./versioning-change";

const ignore = (): void => undefined;
const asIs = (column: string): string => column;

export function bodyFromLive(
  live: LiveTable,
  old: GivenTable,
  all: ReadonlyMap<string, GivenTable>,
  facts: DiffFacts,
): TableBody {
  const { names } = facts;
  const { body, identity } = old;
  const name = identity.name;
  const {
    primaryKey: _,
    uniques,
    checks,
    foreignKeys,
    indexes,
    compression,
    lockEscalation,
    filegroup,
    filestreamFilegroup,
    partitionScheme,
    systemVersioning,
    ...rest
  } = body;

  const heapOrClustered = live.indexes.find((index) => index.clustered);
  const stored = live.heap ? compressionOf(live.heap) : (heapOrClustered?.compression ?? "none");
  const space = live.heap ? (live.heap.dataSpace ?? undefined) : heapOrClustered?.filegroup;
  const primary = live.indexes.find((index) => index.role === "primary-key");
  const clusteredElsewhere = live.indexes.some((index) => index.clustered && index.role !== "primary-key");

  const readKeys = <Given extends KeyInputs | IndexInputs>(
    given: readonly Given[],
    role: LiveIndex["role"],
    fresh: (index: LiveIndex) => Given,
  ): Given[] => {
    const seen = (index: LiveIndex): Given => {
      const apart = index.filegroup !== undefined && space !== undefined && !names.equals(index.filegroup, space);
      return apart ? { ...fresh(index), filegroup: index.filegroup } : fresh(index);
    };
    const wanted = given.map((input) => ({
      input,
      ...placeIndex(normalizeIndex(name, input, role, "", ignore), input, body),
    }));
    const found = pairUp(
      wanted,
      live.indexes.filter((index) => index.role === role),
      names,
      (left, right) => sameIndexContent(left, right, names, asIs),
    );
    const kept = found.both.map(({ desired, live: there }) => {
      const same = indexChange(desired, there, sameIndexContent(desired, there, names, asIs), names) === "keep";
      const nameKept = names.equals(desired.name, there.name) || (!desired.named && there.systemNamed);
      return same && nameKept ? desired.input : seen(there);
    });
    return [...kept, ...found.removed.map(seen)];
  };

  const [primaryKey] = primary
    ? readKeys(
        body.primaryKey ? [{ clustered: !clusteredElsewhere, ...body.primaryKey }] : [],
        "primary-key",
        keyInputs,
      )
    : [];
  return {
    ...rest,
    columns: columnsFromLive(live, body.columns, name, facts),
    ...(primaryKey && {
      primaryKey:
        sameText(primaryKey, { clustered: !clusteredElsewhere, ...body.primaryKey }) && body.primaryKey
          ? body.primaryKey
          : primaryKey,
    }),
    ...list("uniques", uniques, readKeys(uniques ?? [], "unique", keyInputs)),
    ...list("indexes", indexes, readKeys(indexes ?? [], "index", indexInputs)),
    ...checksFromLive(live.checks, checks, names),
    ...list("foreignKeys", foreignKeys, foreignKeysFromLive(live.foreignKeys, foreignKeys ?? [], name, all, names)),
    ...versioningFromLive(live, old, names),
    ...partitionFromLive(live, partitionScheme, names),
    ...(filestreamFilegroup !== undefined && {
      filestreamFilegroup:
        live.row.filestreamDataSpace === null || names.equals(live.row.filestreamDataSpace, filestreamFilegroup)
          ? filestreamFilegroup
          : live.row.filestreamDataSpace,
    }),
    ...(stored === (compression ?? "none") ||
    stored === "columnstore" ||
    stored === "columnstore-archive" ||
    (compression === undefined && heapOrClustered !== undefined)
      ? { compression }
      : { compression: stored }),
    ...(live.row.lockEscalation.toLowerCase() === (lockEscalation ?? "table")
      ? { lockEscalation }
      : { lockEscalation: lower(live.row.lockEscalation) }),
    ...(filegroup === undefined || space === undefined || names.equals(space, filegroup)
      ? { filegroup }
      : { filegroup: space }),
  };
}

const lower = (text: string): "table" | "auto" | "disable" => text.toLowerCase() as "table" | "auto" | "disable";
const sameText = (left: object, right: object): boolean => JSON.stringify(left) === JSON.stringify(right);

function list<Key extends string, Item>(
  key: Key,
  old: readonly Item[] | undefined,
  items: readonly Item[],
): { [K in Key]?: Item[] } {
  return (old === undefined && items.length === 0 ? {} : { [key]: [...items] }) as { [K in Key]?: Item[] };
}

function partitionFromLive(
  live: LiveTable,
  old: TableBody["partitionScheme"],
  names: NameComparer,
): Pick<TableBody, "partitionScheme"> {
  if (!old) return {};
  const there = live.indexes.find((index) => index.clustered)?.partition;
  const heapScheme = live.heap?.dataSpaceType?.trim() === "PS" ? live.heap.dataSpace : null;
  if (there)
    return names.equals(there.scheme, old.name) && names.equals(there.column, old.column)
      ? { partitionScheme: old }
      : { partitionScheme: { name: there.scheme, column: there.column } };
  return heapScheme === null ? { partitionScheme: undefined } : { partitionScheme: { ...old, name: heapScheme } };
}

/** Not given while versioning is off: that is how a refresh shows that somebody switched it off. */
function versioningFromLive(
  live: LiveTable,
  { identity, body }: GivenTable,
  names: NameComparer,
): Pick<TableBody, "systemVersioning"> {
  const { history, period } = live;
  if (!live.versioned || !history || !period)
    return body.systemVersioning === undefined ? {} : { systemVersioning: undefined };
  const old = body.systemVersioning;
  const wanted = normalizeVersioning(identity, body, "", ignore);
  const precision = live.columns.find((column) => column.period === "start")?.type.scale ?? 7;
  const hidden = live.columns.some((column) => column.period !== undefined && column.hidden);
  const samePeriod =
    wanted !== undefined &&
    names.equals(wanted.start, period.start) &&
    names.equals(wanted.end, period.end) &&
    hidden === (old?.periodColumns?.hidden ?? false) &&
    precision === (old?.periodColumns?.precision ?? 7);
  const sameHistory =
    wanted !== undefined &&
    names.equals(wanted.history.schema, history.schema) &&
    names.equals(wanted.history.name, history.name);
  const sameIndex =
    wanted !== undefined && historyIndexChange(wanted, history, { names, rename: asIs, effects: new Map() }) === "keep";
  const clustered = clusteredIndexOf(history);
  const {
    periodColumns: givenPeriod,
    historyTable: givenHistory,
    historyRetention: givenRetention,
    historyIndex: givenIndex,
    historyCompression: givenCompression,
    historyFilegroup: givenFilegroup,
    ...others
  } = old ?? {};
  return {
    systemVersioning: {
      ...others,
      ...(samePeriod
        ? given("periodColumns", givenPeriod)
        : { periodColumns: { start: period.start, end: period.end, hidden, precision } }),
      ...(sameHistory
        ? given("historyTable", givenHistory)
        : { historyTable: bracketedName(history.schema, history.name) }),
      ...(wanted && sameRetention(wanted.retention, live.retention)
        ? given("historyRetention", givenRetention)
        : { historyRetention: live.retention }),
      ...(sameIndex || !clustered
        ? { ...given("historyIndex", givenIndex), ...given("historyCompression", givenCompression) }
        : {
            historyIndex: clustered.columnstore
              ? ("columnstore" as const)
              : {
                  columns: clustered.columns.map(({ name, descending }) => (descending ? { name, descending } : name)),
                },
            historyCompression: clustered.compression,
          }),
      ...(sameIndex || !clustered?.filegroup
        ? given("historyFilegroup", givenFilegroup)
        : givenFilegroup !== undefined && { historyFilegroup: clustered.filegroup }),
    },
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

function columnsFromLive(
  live: LiveTable,
  old: readonly ColumnInputs[],
  table: string,
  facts: DiffFacts,
): ColumnInputs[] {
  const { names } = facts;
  const rest = new Map(
    live.columns.filter((column) => column.period === undefined).map((column) => [names.key(column.name), column]),
  );
  const kept = old.flatMap((input) => {
    // After a rename that the server did not see yet the column still has its old name.
    const key = [input.name, input.renamedFrom]
      .flatMap((name) => (name === undefined ? [] : names.key(name)))
      .find((name) => rest.has(name));
    const there = key === undefined ? undefined : rest.get(key);
    if (!there || key === undefined) return [];
    rest.delete(key);
    const wanted = normalizeColumn(table, input, "", ignore);
    if (!wanted.type && !wanted.computed) return [columnInputs(there, facts)];
    const sameDefault =
      sameExpression(wanted.default?.expression, there.default?.expression, names) &&
      (!wanted.default ||
        !there.default ||
        names.equals(wanted.default.name, there.default.name) ||
        (!wanted.defaultNamed && there.row.defaultIsSystemNamed));
    const same =
      names.equals(input.name, there.name) && effectOf(wanted, there, false, facts) === undefined && sameDefault &&
      (wanted.computed?.persisted ?? false) === (there.computed?.persisted ?? false) &&
      (wanted.identity?.notForReplication ?? false) === (there.identity?.notForReplication ?? false) &&
      wanted.sparse === there.sparse && wanted.rowGuid === there.rowGuid && wanted.filestream === there.filestream; // prettier-ignore
    return [same ? input : columnInputs(there, facts)];
  });
  return [...kept, ...[...rest.values()].map((column) => columnInputs(column, facts))];
}

function columnInputs(column: LiveColumn, facts: DiffFacts): ColumnInputs {
  if (column.computed) {
    const { expression, persisted } = column.computed;
    return { name: column.name, computed: persisted ? { expression, persisted } : expression };
  }
  const { identity } = column;
  const otherCollation =
    column.collation !== undefined && column.collation.toLowerCase() !== facts.databaseCollation?.toLowerCase();
  return {
    name: column.name,
    type: typeText(column.type),
    ...(column.nullable && { nullable: true }),
    ...(identity && {
      identity: {
        seed: identity.seed,
        increment: identity.increment,
        ...(identity.notForReplication && { notForReplication: true }),
      },
    }),
    ...(column.default && {
      default: column.row.defaultIsSystemNamed
        ? column.default.expression
        : { name: column.default.name, expression: column.default.expression },
    }),
    ...(otherCollation &&
      column.type.schema === undefined &&
      column.type.name !== "json" && { collation: column.collation }),
    ...(column.sparse && { sparse: true }),
    ...(column.rowGuid && { rowGuid: true }),
    ...(column.filestream && { filestream: true }),
  };
}

function keyInputs(index: LiveIndex): KeyInputs {
  return {
    ...(!index.systemNamed && { name: index.name }),
    columns: index.columns.map((column) => (column.descending ? { name: column.name, descending: true } : column.name)),
    clustered: index.clustered,
    ...(index.fillFactor > 0 && { fillFactor: index.fillFactor }),
    ...(index.padIndex && { padIndex: true }),
    ...(index.ignoreDuplicateKey && { ignoreDuplicateKey: true }),
    ...(!index.allowRowLocks && { allowRowLocks: false }),
    ...(!index.allowPageLocks && { allowPageLocks: false }),
    ...((index.compression === "row" || index.compression === "page") && { compression: index.compression }),
  };
}

function indexInputs(index: LiveIndex): IndexInputs {
  if (index.columnstore)
    return {
      name: index.name,
      columnstore: true,
      clustered: index.clustered,
      ...(!index.clustered && { columns: [...index.include] }),
      ...(index.orderBy.length > 0 && { orderBy: [...index.orderBy] }),
      ...(index.compression === "columnstore-archive" && { archive: true }),
      ...(index.compressionDelay > 0 && { compressionDelayMinutes: index.compressionDelay }),
      ...(index.where !== undefined && { where: index.where }),
    };
  return {
    ...keyInputs(index),
    name: index.name,
    ...(index.unique && { unique: true }),
    ...(index.include.length > 0 && { include: [...index.include] }),
    ...(index.where !== undefined && { where: index.where }),
  };
}

function checksFromLive(
  live: readonly LiveCheck[],
  old: TableBody["checks"],
  names: NameComparer,
): Pick<TableBody, "checks"> {
  if (old === undefined && live.length === 0) return {};
  const given = new Map(Object.entries(old ?? {}).map(([name, check]) => [names.key(name), { name, check }]));
  return {
    checks: Object.fromEntries(
      live.map((there) => {
        const same = given.get(names.key(there.name));
        if (same && sameCheck(normalizeCheck(same.name, same.check, "", ignore), there, names))
          return [same.name, same.check];
        return [
          same?.name ?? there.name,
          there.notForReplication ? { expression: there.expression, notForReplication: true } : there.expression,
        ];
      }),
    ),
  };
}

function foreignKeysFromLive(
  live: readonly LiveForeignKey[],
  old: readonly ForeignKeyInputs[],
  table: string,
  all: ReadonlyMap<string, GivenTable>,
  names: NameComparer,
): ForeignKeyInputs[] {
  const wanted = old.map((input) => ({ input, ...normalizeForeignKey(table, input, "", all, ignore) }));
  const found = pairUp(wanted, live, names, (left, right) => sameForeignKey(left, right, names));
  const fresh = (key: LiveForeignKey): ForeignKeyInputs => ({
    ...(!key.entry.isSystemNamed && { name: key.name }),
    columns: [...key.columns],
    references: {
      table: bracketedName(key.referencedSchema, key.referencedTable),
      columns: [...key.referencedColumns],
    },
    ...(key.onDelete !== "no action" && { onDelete: key.onDelete }),
    ...(key.onUpdate !== "no action" && { onUpdate: key.onUpdate }),
    ...(key.notForReplication && { notForReplication: true }),
  });
  const kept = found.both.map(({ desired, live: there }) => {
    const nameKept = names.equals(desired.name, there.name) || (!desired.named && there.entry.isSystemNamed);
    return nameKept && sameForeignKey(desired, there, names) ? desired.input : fresh(there);
  });
  return [...kept, ...found.removed.map(fresh)];
}

const bracketedName = (schema: string, name: string): string =>
  /[.[\]"]/.test(`${schema}${name}`)
    ? `[${schema.replaceAll("]", "]]")}].[${name.replaceAll("]", "]]")}]`
    : `${schema}.${name}`;
