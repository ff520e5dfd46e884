/** Foreign keys of all tables at once: taken down around changes on either side, made last so that cycles work. */
import type { Hazard } from "../../contract";
import { displayName, quoteName, quoteNames } from "../../engine/quoting";
import { columnType, sameType, typeText } from "./data-type";
import type { ColumnEffect, DiffFacts, TableDiff } from "./diff";
import type { Draft } from "./draft";
import { pairUp, sameForeignKey } from "./match";
import type { DesiredForeignKey, DesiredTable, LiveForeignKey, LiveTable } from "./model";
import { renderForeignKey, renderRename } from "./render";
import { columnFinder } from "./validate";

export interface SetChange {
  readonly diffs: readonly TableDiff[];
  readonly created: readonly DesiredTable[];
  readonly leaving: readonly LiveTable[];
}

export function planForeignKeys(change: SetChange, draft: Draft, facts: DiffFacts): void {
  new ForeignKeyPlanner(change, draft, facts).run();
}

class ForeignKeyPlanner {
  private readonly byId: ReadonlyMap<number, TableDiff>;
  private readonly leavingIds: ReadonlySet<number>;

  constructor(
    private readonly change: SetChange,
    private readonly draft: Draft,
    private readonly facts: DiffFacts,
  ) {
    this.byId = new Map(change.diffs.map((diff) => [diff.live.objectId, diff]));
    this.leavingIds = new Set(change.leaving.map((table) => table.objectId));
  }

  run(): void {
    for (const diff of this.change.diffs) {
      this.ownKeys(diff);
      this.keysOfOthers(diff);
    }
    for (const table of this.change.created) for (const key of table.foreignKeys) this.create(table, key, false);
    for (const table of this.change.leaving) this.keysOfLeaving(table);
    for (const table of [...this.change.created, ...this.change.diffs.map((diff) => diff.desired)])
      for (const key of table.foreignKeys) this.checkTarget(table, key);
  }

  /** The live key as it is called once the renames of this plan are done. */
  private present(key: LiveForeignKey): LiveForeignKey {
    const own = this.byId.get(key.entry.tableId);
    const target = this.byId.get(key.entry.referencedTableId);
    return {
      ...key,
      columns: key.columns.map((column) => own?.rename(column) ?? column),
      referencedSchema: target?.desired.schema ?? key.referencedSchema,
      referencedTable: target?.desired.name ?? key.referencedTable,
      referencedColumns: key.referencedColumns.map((column) => target?.rename(column) ?? column),
    };
  }

  private effects(diff: TableDiff | undefined, columns: readonly string[]): ColumnEffect[] {
    if (!diff || diff.effects.size === 0) return [];
    return columns.flatMap((column) => diff.effects.get(this.facts.names.key(column)) ?? []).filter(disturbs);
  }

  private isDisturbed(key: LiveForeignKey): boolean {
    const target = this.byId.get(key.entry.referencedTableId);
    if (
      this.effects(this.byId.get(key.entry.tableId), key.columns).length > 0 ||
      this.effects(target, key.referencedColumns).length > 0
    )
      return true;
    const index = key.entry.referencedIndexId;
    if (!target || index === null) return false;
    const goes = target.indexes.some(
      (change) =>
        change.live.entry.indexId === index &&
        (change.how === "recreate" || (change.how === "drop-existing" && change.otherContent)),
    );
    return goes || target.removedIndexes.some((live) => live.entry.indexId === index);
  }

  private ownKeys(diff: TableDiff): void {
    const { names } = this.facts;
    const { desired, live } = diff;
    const found = pairUp(
      desired.foreignKeys,
      live.foreignKeys.map((key) => this.present(key)),
      names,
      (wanted, there) => sameForeignKey(wanted, there, names),
    );
    for (const key of found.removed) this.drop(desired, key);
    for (const key of found.added) this.create(desired, key, live.row.rows > 0);
    const original = new Map(live.foreignKeys.map((key) => [key.entry.objectId, key]));
    for (const { desired: wanted, live: there } of found.both) {
      if (this.isDisturbed(original.get(there.entry.objectId)!) || !sameForeignKey(wanted, there, names)) {
        this.drop(desired, there);
        this.create(desired, wanted, live.row.rows > 0);
        continue;
      }
      const rename = !names.equals(wanted.name, there.name) && (wanted.named || !there.entry.isSystemNamed);
      const name = rename ? wanted.name : there.name;
      if (rename)
        this.draft.add(
          "rename-part",
          desired.display,
          `rename foreign key ${desired.display}.${there.name} to ${name}`,
          renderRename([desired.schema, there.name], name, "OBJECT"),
          {
            reverse: renderRename([desired.schema, name], there.name, "OBJECT"),
          },
        );
      if (there.entry.isDisabled || (there.entry.isNotTrusted && !there.notForReplication))
        this.draft.add(
          "foreign-key",
          desired.display,
          `validate foreign key ${desired.display}.${name}`,
          `ALTER TABLE ${quoteNames(desired.schema, desired.name)} WITH CHECK CHECK CONSTRAINT ${quoteName(name)};`,
          {
            hazards: scan(`${desired.display}.${name}`, live.row.rows > 0),
            sizeOfData: true,
          },
        );
    }
  }

  private drop(table: DesiredTable | LiveTable, key: LiveForeignKey): void {
    const name = quoteNames(table.schema, table.name);
    this.draft.add(
      "drop-foreign-key",
      table.display,
      `drop foreign key ${table.display}.${key.name}`,
      `ALTER TABLE ${name} DROP CONSTRAINT ${quoteName(key.name)};`,
      {
        reverse: `ALTER TABLE ${name} WITH ${key.entry.isNotTrusted ? "NOCHECK" : "CHECK"} ADD ${renderForeignKey(key)};`,
      },
    );
  }

  private create(table: DesiredTable, key: DesiredForeignKey, hasRows: boolean): void {
    const name = quoteNames(table.schema, table.name);
    this.draft.add(
      "foreign-key",
      table.display,
      `add foreign key ${table.display}.${key.name}`,
      `ALTER TABLE ${name} WITH CHECK ADD ${renderForeignKey(key)};`,
      {
        hazards: scan(`${table.display}.${key.name}`, hasRows),
        sizeOfData: hasRows,
        reverse: `ALTER TABLE ${name} DROP CONSTRAINT ${quoteName(key.name)};`,
      },
    );
  }

  /** Keys of tables that this resource does not hold: taken down and put back as they were, or a refusal. */
  private keysOfOthers(diff: TableDiff): void {
    for (const key of diff.live.referencedBy) {
      if (this.byId.has(key.entry.tableId) || this.leavingIds.has(key.entry.tableId) || !this.isDisturbed(key))
        continue;
      const owner = this.ownerOf(key);
      const changed = this.effects(diff, key.referencedColumns).find(
        (effect) => effect.gone || effect.type || effect.unknownType || effect.collation,
      );
      if (changed) {
        this.draft.refuse(
          changed.desired?.path ?? `${diff.desired.path}columns`,
          `column ${diff.live.display}.${changed.live.name} is referenced by foreign key ${key.name} of ${owner.display}, which this resource does not hold; change both in one TableSet`,
        );
        continue;
      }
      const target = diff.indexes.find((change) => change.live.entry.indexId === key.entry.referencedIndexId);
      const present = this.present(key);
      if (!this.hasKey(diff.desired, present.referencedColumns)) {
        this.draft.refuse(
          target?.desired.path ?? `${diff.desired.path}primaryKey`,
          `foreign key ${key.name} of ${owner.display} refers to (${key.referencedColumns.join(", ")}) of ${diff.live.display}, which would not be unique any more; drop it there first`,
        );
        continue;
      }
      const label = `foreign key ${owner.display}.${key.name}`;
      this.draft.add(
        "drop-foreign-key",
        diff.desired.display,
        `drop ${label}`,
        `ALTER TABLE ${owner.quoted} DROP CONSTRAINT ${quoteName(key.name)};`,
      );
      this.draft.add(
        "foreign-key",
        diff.desired.display,
        `restore ${label}`,
        `ALTER TABLE ${owner.quoted} WITH ${key.entry.isNotTrusted ? "NOCHECK" : "CHECK"} ADD ${renderForeignKey(present)};`,
        {
          hazards: scan(`${owner.display}.${key.name}`, true),
          sizeOfData: true,
        },
      );
      if (key.entry.isDisabled)
        this.draft.add(
          "foreign-key",
          diff.desired.display,
          `disable ${label} as before`,
          `ALTER TABLE ${owner.quoted} NOCHECK CONSTRAINT ${quoteName(key.name)};`,
        );
    }
  }

  private hasKey(table: DesiredTable, columns: readonly string[]): boolean {
    const { names } = this.facts;
    const set = (all: readonly string[]): string => all.map(names.key).sort().join("\0");
    return [table.primaryKey, ...table.uniques, ...table.indexes].some(
      (index) =>
        index?.unique === true &&
        index.where === undefined &&
        set(index.columns.map((column) => column.name)) === set(columns),
    );
  }

  private ownerOf(key: LiveForeignKey): { display: string; quoted: string } {
    const table = this.draft.context.catalog.database.tableById(key.entry.tableId);
    const [schema, name] = [table?.schemaName ?? key.entry.schemaName, table?.name ?? "?"];
    return { display: displayName(schema, name), quoted: quoteNames(schema, name) };
  }

  private keysOfLeaving(table: LiveTable): void {
    for (const key of table.foreignKeys) {
      const target = key.entry.referencedTableId;
      if (target === table.objectId || !(this.leavingIds.has(target) || this.isDisturbed(key))) continue;
      this.drop(table, key);
    }
    for (const key of table.referencedBy) {
      if (this.byId.has(key.entry.tableId) || this.leavingIds.has(key.entry.tableId)) continue;
      this.draft.refuse(
        "",
        `table ${table.display} cannot be dropped: foreign key ${key.name} of ${this.ownerOf(key).display} refers to it; drop that key first`,
      );
    }
  }

  /** What a key refers to outside these tables must be there, or come from another resource. */
  private checkTarget(table: DesiredTable, key: DesiredForeignKey): void {
    const { names } = this.facts;
    const inSet = (other: DesiredTable): boolean =>
      names.equals(other.schema, key.referencedSchema) && names.equals(other.name, key.referencedTable);
    if (this.change.created.some(inSet) || this.change.diffs.some((diff) => inSet(diff.desired))) return;
    const target = displayName(key.referencedSchema, key.referencedTable);
    const { database } = this.draft.context.catalog;
    const row = database.findTable(key.referencedSchema, key.referencedTable);
    if (!row) return this.draft.require("object", target, `table "${table.display}"`);
    if (this.leavingIds.has(row.objectId))
      return this.draft.refuse(
        `${key.path}.references.table`,
        `${key.name} refers to ${target}, which leaves the set and would be dropped; keep the table or drop the key`,
      );
    const theirs = new Map(database.columnsOf(row.objectId).map((column) => [names.key(column.name), column]));
    const own = columnFinder(table, names.key);
    key.referencedColumns.forEach((column, at) => {
      const there = theirs.get(names.key(column));
      if (!there)
        return this.draft.refuse(`${key.path}.references.columns[${at}]`, `${target} has no column ${column}`);
      const type = columnType(there);
      const mine = own(key.columns[at] ?? "")?.type;
      if (mine && !sameType(mine, type, names))
        this.draft.refuse(
          `${key.path}.columns[${at}]`,
          `${key.columns[at]!} is ${typeText(mine)} and ${target}.${column} is ${typeText(type)}; they must be the same`,
        );
    });
  }
}

/** A key stands on the column in a way that stops the change; a rename passes. */
function disturbs(effect: ColumnEffect): boolean {
  return (
    effect.gone ||
    effect.type !== undefined ||
    effect.unknownType ||
    effect.nullability !== undefined ||
    effect.collation
  );
}

function scan(object: string, hasRows: boolean): Hazard[] {
  return hasRows ? [{ type: "long-lock", object, detail: "every row is checked while both tables are locked" }] : [];
}
