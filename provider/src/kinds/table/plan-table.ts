/** Statements that change one table that exists. Foreign keys are planned over all tables, in plan-foreign-keys.ts. */
import type { Hazard } from "../../contract";
import { quoteName, quoteNames } from "../../engine/quoting";
import { permissionStatement } from "../permission-statements";
import type { DiffFacts, TableDiff } from "./diff";
import type { Draft } from "./draft";
import { compressionOf } from "./live";
import type { DesiredColumn } from "./model";
import { ownsHistory } from "./ownership";
import { ColumnPlanner } from "./plan-columns";
import { IndexPlanner } from "./plan-indexes";
import { VersioningPlanner } from "./plan-versioning";
import { renderCheck, renderDefault, renderRename } from "./render";
import { TableWork } from "./table-work";

export function planTable(diff: TableDiff, draft: Draft, facts: DiffFacts): void {
  if (!isManageable(diff, draft)) return;
  new TablePlanner(new TableWork(diff, draft, facts)).run();
}

/** Tables of other kinds keep what they are; a plain description of one is not a wish to convert it. */
function isManageable({ desired, live }: TableDiff, draft: Draft): boolean {
  const { row } = live;
  // Versioning that this resource never had is not its to take away.
  const temporal = desired.versioning !== undefined || ownsHistory(draft.context);
  const what =
    row.temporalType === 2 && !temporal ? "a system-versioned table"
    : row.temporalType === 1 ? "a history table"
    : row.isMemoryOptimized ? "a memory-optimized table"
    : row.isNode || row.isEdge ? "a graph table"
    : row.isExternal ? "an external table"
    : row.isFiletable ? "a FileTable"
    : live.columns.some(({ row: { generatedAlwaysType: type } }) => type > 2 || (type > 0 && !temporal)) ? "a table with generated-always columns"
    : live.columns.some((column) => column.row.isColumnSet) ? "a table with a column set"
    : undefined; // prettier-ignore
  if (what === undefined) return true;
  draft.refuse(
    desired.path.slice(0, -1),
    `${live.display} is ${what}, which the inputs do not describe; take it out of this resource`,
  );
  return false;
}

class TablePlanner {
  constructor(private readonly work: TableWork) {}

  run(): void {
    this.moveAndRename();
    this.refuseBoundModules();
    new ColumnPlanner(this.work).run();
    new IndexPlanner(this.work).run();
    new VersioningPlanner(this.work).run();
    this.checks();
    this.defaults();
    this.options();
    this.placement();
  }

  private moveAndRename(): void {
    const { live, moved, renamed } = this.work.diff;
    const { schema, name } = this.work.desired;
    if (moved) {
      const transfer = `ALTER SCHEMA ${quoteName(schema)} TRANSFER OBJECT::${quoteNames(live.schema, live.name)};`;
      const back = `ALTER SCHEMA ${quoteName(live.schema)} TRANSFER OBJECT::${quoteNames(schema, live.name)};`;
      this.work.add("move", `move table ${live.display} to schema ${schema}`, transfer, { reverse: back });
      // The move drops every permission on the table; they come back in the same transaction.
      for (const permission of live.permissions) {
        const { columnName } = permission;
        const row = { ...permission, columnName: columnName === null ? null : this.work.diff.rename(columnName) };
        this.work.add(
          "permission",
          `restore ${permission.permission} of ${permission.grantee} on ${this.work.display}`,
          permissionStatement(row, `OBJECT::${this.work.table}`),
        );
      }
      if (live.permissions.length > 0)
        this.work.draft.note(
          `The move of ${live.display} drops its permissions; they are granted again, by the login that deploys.`,
        );
    }
    if (renamed)
      this.work.add(
        "rename-table",
        `rename table ${live.display} to ${name}`,
        renderRename([schema, live.name], name, "OBJECT"),
        {
          reverse: renderRename([schema, name], live.name, "OBJECT"),
        },
      );
    if (renamed || moved)
      this.work.draft.note(`Modules, synonyms and jobs that say ${live.display} are not changed by the rename.`);
  }

  /** A module WITH SCHEMABINDING stops every change of what it reads. */
  private refuseBoundModules(): void {
    const { live, effects, moved, renamed } = this.work.diff;
    if (live.bound.length === 0) return;
    const nameOf = (module: (typeof live.bound)[number]): string =>
      `${module.referencingSchema === null ? "" : `${module.referencingSchema}.`}${module.referencingName}`;
    const list = (modules: typeof live.bound): string => [...new Set(modules.map(nameOf))].sort().join(", ");
    if (moved || renamed)
      this.work.draft.refuse(
        this.work.pathOf("renamedFrom"),
        `${live.display} cannot be renamed or moved while schema-bound modules read it: ${list(live.bound)}; alter them without SCHEMABINDING first`,
      );
    for (const effect of effects.values()) {
      const readers = live.bound.filter((module) => module.referencedMinorId === effect.live.row.columnId);
      if (readers.length === 0) continue;
      const path = effect.desired?.path ?? `${this.work.desired.path}columns`;
      this.work.draft.refuse(
        path,
        `column ${live.display}.${effect.live.name} cannot change while schema-bound modules read it: ${list(readers)}; alter them without SCHEMABINDING first`,
      );
    }
  }

  private checks(): void {
    const { checks, addedChecks, removedChecks } = this.work.diff;
    const { schema } = this.work.desired;
    const recreated = checks.filter((change) => change.how === "recreate");
    const drops = [...removedChecks, ...recreated.map((change) => change.live)];
    for (const check of drops)
      this.work.add(
        "drop-constraint",
        `drop check ${this.work.partName(check.name)}`,
        `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${quoteName(check.name)};`,
        {
          reverse: `ALTER TABLE ${this.work.table} WITH ${check.row.isNotTrusted ? "NOCHECK" : "CHECK"} ADD ${renderCheck(check)};`,
        },
      );
    const scan = (object: string): Hazard[] =>
      this.work.hasRows
        ? [this.work.hazard("long-lock", object, "every row is checked while the table is locked")]
        : [];
    for (const check of [...recreated.map((change) => change.desired), ...addedChecks]) {
      const object = this.work.partName(check.name);
      this.work.add(
        "check",
        `add check ${object}`,
        `ALTER TABLE ${this.work.table} WITH CHECK ADD ${renderCheck(check)};`,
        {
          hazards: scan(object),
          sizeOfData: true,
          reverse: `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${quoteName(check.name)};`,
        },
      );
    }
    for (const { desired, live, how, rename } of checks) {
      if (how === "recreate") continue;
      if (rename)
        this.work.add(
          "rename-part",
          `rename check ${this.work.partName(live.name)} to ${desired.name}`,
          renderRename([schema, live.name], desired.name, "OBJECT"),
          {
            reverse: renderRename([schema, desired.name], live.name, "OBJECT"),
          },
        );
      if (how !== "validate") continue;
      const object = this.work.partName(desired.name);
      this.work.add(
        "check",
        `validate check ${object}`,
        `ALTER TABLE ${this.work.table} WITH CHECK CHECK CONSTRAINT ${quoteName(desired.name)};`,
        { hazards: scan(object), sizeOfData: true },
      );
    }
  }

  private defaults(): void {
    const { schema } = this.work.desired;
    for (const { desired, live, how } of this.work.diff.defaults) {
      const object = this.work.partName(desired.name);
      const add = (column: { name: string; default: DesiredColumn["default"] }): string =>
        `ALTER TABLE ${this.work.table} ADD ${renderDefault(column.default!)} FOR ${quoteName(column.name)};`;
      const drop = (name: string): string => `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${quoteName(name)};`;
      if (how === "rename") {
        const [from, to] = [live.default!.name, desired.default!.name];
        this.work.add(
          "rename-part",
          `rename default ${this.work.partName(from)} to ${to}`,
          renderRename([schema, from], to, "OBJECT"),
          { reverse: renderRename([schema, to], from, "OBJECT") },
        );
        continue;
      }
      if (how !== "add")
        this.work.add("drop-constraint", `drop default of ${object}`, drop(live.default!.name), { reverse: add(live) });
      if (how !== "drop")
        this.work.add("default", `add default of ${object}`, add(desired), { reverse: drop(desired.default!.name) });
    }
    for (const effect of this.work.diff.effects.values())
      if (effect.gone && !effect.desired && effect.live.default)
        this.work.add(
          "drop-constraint",
          `drop default of ${this.work.partName(effect.live.name)}`,
          `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${quoteName(effect.live.default.name)};`,
          {
            reverse: `ALTER TABLE ${this.work.table} ADD ${renderDefault(effect.live.default)} FOR ${quoteName(effect.live.name)};`,
          },
        );
  }

  private options(): void {
    const { desired, live } = this.work.diff;
    const wanted = desired.lockEscalation.toUpperCase();
    if (wanted !== live.row.lockEscalation) {
      const set = (value: string): string => `ALTER TABLE ${this.work.table} SET (LOCK_ESCALATION = ${value});`;
      this.work.add("table-option", `set lock escalation of ${this.work.display}`, set(wanted), {
        reverse: set(live.row.lockEscalation),
      });
    }
    const { heap } = live;
    const isHeap = ![desired.primaryKey, ...desired.uniques, ...desired.indexes].some((index) => index?.clustered);
    const staysHeap = isHeap && heap;
    if (
      isHeap &&
      !heap &&
      live.indexes.every((index) => !(index.columnstore && index.clustered)) &&
      this.work.storedCompression() !== desired.compression
    )
      this.work.rebuildTable(desired.compression);
    if (staysHeap && heap.compressionLow === heap.compressionHigh && compressionOf(heap) !== desired.compression)
      this.work.rebuildTable(desired.compression);
    const { names } = this.work.facts;
    if (
      staysHeap &&
      desired.filegroup !== undefined &&
      heap.dataSpace !== null &&
      heap.dataSpaceType?.trim() !== "PS" &&
      !names.equals(desired.filegroup, heap.dataSpace)
    )
      this.work.draft.refuse(
        this.work.pathOf("filegroup"),
        `${this.work.display} is a heap in filegroup ${heap.dataSpace}, and a heap cannot be moved; give it a clustered index in ${desired.filegroup}`,
      );
    if (
      desired.textFilegroup !== undefined &&
      live.row.lobDataSpace !== null &&
      !names.equals(desired.textFilegroup, live.row.lobDataSpace)
    )
      this.work.draft.refuse(
        this.work.pathOf("textFilegroup"),
        `large values of ${this.work.display} are in filegroup ${live.row.lobDataSpace} and stay there; give that name, or make a new table and copy the rows`,
      );
  }

  private placement(): void {
    const { desired, live } = this.work.diff;
    const { names } = this.work.facts;
    const rows = live.indexes.find((index) => index.clustered);
    const scheme =
      rows?.partition?.scheme ??
      (live.heap?.dataSpaceType?.trim() === "PS" ? (live.heap.dataSpace ?? undefined) : undefined);
    const wanted = desired.partition;
    const columnDiffers =
      wanted !== undefined &&
      rows?.partition !== undefined &&
      !names.equals(this.work.diff.rename(rows.partition.column), wanted.column);
    const filegroup =
      desired.filegroup ??
      [desired.primaryKey, ...desired.uniques, ...desired.indexes].find((index) => index?.clustered)?.filegroup;
    if (wanted && (scheme === undefined || !names.equals(scheme, wanted.scheme) || columnDiffers))
      this.work.draft.refuse(
        this.work.pathOf("partitionScheme"),
        `${this.work.display} lies ${scheme === undefined ? "in a filegroup" : `on partition scheme ${scheme}${columnDiffers ? ` by ${rows!.partition!.column}` : ""}`}, and its rows are not moved to another place yet; give what is there, or make a new table and copy the rows`,
      );
    if (!wanted && scheme !== undefined && filegroup !== undefined)
      this.work.draft.refuse(
        this.work.pathOf("filegroup"),
        `${this.work.display} lies on partition scheme ${scheme}, and its rows are not moved to a filegroup yet; give partitionScheme instead`,
      );
    const stream = live.row.filestreamDataSpace;
    if (
      desired.filestreamFilegroup === undefined ||
      (stream !== null && names.equals(stream, desired.filestreamFilegroup))
    )
      return;
    if (live.columns.some((column) => column.filestream))
      this.work.draft.refuse(
        this.work.pathOf("filestreamFilegroup"),
        `the FILESTREAM values of ${this.work.display} are in filegroup ${stream ?? "?"} and stay there; give that name`,
      );
    else
      this.work.add(
        "rename-part",
        `set FILESTREAM filegroup of ${this.work.display}`,
        `ALTER TABLE ${this.work.table} SET (FILESTREAM_ON = ${quoteName(desired.filestreamFilegroup)});`,
        {
          reverse: `ALTER TABLE ${this.work.table} SET (FILESTREAM_ON = ${stream === null ? '"NULL"' : quoteName(stream)});`,
        },
      );
  }
}
