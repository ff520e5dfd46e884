/** Primary key, unique constraints and indexes of one table: changed in place where the engine can. */
import type { Hazard } from "../../contract";
import { quoteName } from "../../engine/quoting";
import type { IndexChange } from "./diff";
import { triggersOf } from "./history-adoption";
import type { DesiredIndex, LiveIndex } from "./model";
import { compressionDelayOption, compressionOption, renderCreateIndex, renderKey, renderRename } from "./render";
import type { TableWork } from "./table-work";

export class IndexPlanner {
  constructor(private readonly work: TableWork) {}

  run(): void {
    const { indexes, addedIndexes, removedIndexes } = this.work.diff;
    const recreated = indexes.filter((change) => change.how === "recreate");
    this.dropConstraintsAndIndexes([...removedIndexes, ...recreated.map((change) => change.live)]);
    this.refuseUnderSpecialIndexes();
    this.refuseTriggersOnColumnstore();
    for (const change of indexes) if (change.how !== "recreate") this.changeIndex(change);
    for (const index of [...recreated.map((change) => change.desired), ...addedIndexes]) this.createIndex(index);
  }

  private refuseUnderSpecialIndexes(): void {
    const { live, desired, indexes, removedIndexes } = this.work.diff;
    if (live.otherIndexes.length === 0) return;
    const needsKey = live.otherIndexes.filter(
      (index) => index.type === 3 || index.type === 4 || index.type === 8 || index.type === 9,
    );
    const losesKey = [
      ...removedIndexes,
      ...indexes.filter((change) => change.how === "recreate").map((change) => change.live),
    ].find((index) => index.role === "primary-key");
    if (losesKey && needsKey.length > 0)
      this.work.draft.refuse(
        desired.primaryKey?.path ?? this.work.pathOf("primaryKey"),
        `primary key ${losesKey.name} carries ${needsKey.map((index) => index.name ?? "?").join(", ")}; drop these indexes first and create them again afterwards`,
      );
  }

  /** 35359. */
  private refuseTriggersOnColumnstore(): void {
    const { live, desired } = this.work.diff;
    const rows = desired.indexes.find((index) => index.clustered && index.columnstore);
    if (!rows || live.indexes.some((index) => index.clustered && index.columnstore)) return;
    const triggers = triggersOf(live, this.work.draft.context.catalog.database);
    if (triggers.length > 0)
      this.work.draft.refuse(
        rows.path,
        `a table with a clustered columnstore index has no triggers (35359), and ${this.work.display} has ${triggers.map(({ name }) => name).join(", ")}; drop them first`,
      );
  }

  private dropConstraintsAndIndexes(indexes: readonly LiveIndex[]): void {
    for (const index of indexes) {
      const phase = index.clustered ? "drop-clustered" : "drop-index";
      const label =
        index.role === "index" ? "index" : index.role === "primary-key" ? "primary key" : "unique constraint";
      const name = quoteName(index.name);
      const drop =
        index.role === "index"
          ? `DROP INDEX ${name} ON ${this.work.table};`
          : `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${name};`;
      const back =
        index.role === "index"
          ? renderCreateIndex(this.work.table, index)
          : `ALTER TABLE ${this.work.table} ADD ${renderKey(index)};`;
      this.work.add(phase, `drop ${label} ${this.work.partName(index.name)}`, drop, {
        reverse: back,
        sizeOfData: index.clustered,
      });
    }
  }

  private createIndex(index: DesiredIndex): void {
    const object = this.work.partName(index.name);
    const hazards = this.work.hasRows
      ? [this.work.hazard("index-build", object, "the index is built over every row", this.work.diff.live.row.rows)]
      : [];
    // A clustered index takes over the compression of the heap below it unless the statement says otherwise.
    const inherits =
      index.clustered && index.compression === "none" && ["row", "page"].includes(this.work.storedCompression());
    const hints = [...(inherits ? [compressionOption("none")] : []), ...this.work.onlineHint];
    const phase = index.clustered ? "clustered" : "index";
    if (index.role === "index")
      return this.work.add(phase, `create index ${object}`, renderCreateIndex(this.work.table, index, hints), {
        hazards,
        sizeOfData: true,
        reverse: `DROP INDEX ${quoteName(index.name)} ON ${this.work.table};`,
      });
    const label = index.role === "primary-key" ? "primary key" : "unique constraint";
    this.work.add(phase, `add ${label} ${object}`, `ALTER TABLE ${this.work.table} ADD ${renderKey(index, hints)};`, {
      hazards,
      sizeOfData: true,
      reverse: `ALTER TABLE ${this.work.table} DROP CONSTRAINT ${quoteName(index.name)};`,
    });
  }

  private changeIndex(change: IndexChange): void {
    const { desired, live, rename, how } = change;
    const { schema, name: table } = this.work.desired;
    // A system-named constraint that nobody named keeps its name.
    const index = { ...desired, name: rename ? desired.name : live.name };
    if (rename) {
      const move = (from: string, to: string): string =>
        desired.role === "index"
          ? renderRename([schema, table, from], to, "INDEX")
          : renderRename([schema, from], to, "OBJECT");
      this.work.add(
        "rename-part",
        `rename ${this.work.partName(live.name)} to ${desired.name}`,
        move(live.name, desired.name),
        { reverse: move(desired.name, live.name) },
      );
    }
    const object = this.work.partName(index.name);
    const name = quoteName(index.name);
    const phase = index.clustered ? "clustered" : "index";
    const build = (detail: string): Hazard[] =>
      this.work.hasRows ? [this.work.hazard("index-build", object, detail, this.work.diff.live.row.rows)] : [];
    const hints = this.work.onlineHint;
    switch (how) {
      case "drop-existing": {
        // Nonclustered to clustered is offline only.
        const online = index.clustered === live.clustered ? hints : [];
        const placed = {
          ...index,
          // A columnstore index lies where the rows lie, and cannot say otherwise.
          filegroup: index.filegroup ?? (index.columnstore && !index.clustered ? undefined : live.filegroup),
          partition: index.partition ?? (index.filegroup === undefined ? live.partition : undefined),
        };
        return this.work.add(
          phase,
          `build index ${object} anew`,
          renderCreateIndex(this.work.table, placed, ["DROP_EXISTING = ON", ...online]),
          {
            hazards: build("the index is built anew over every row"),
            sizeOfData: true,
          },
        );
      }
      case "rebuild": {
        const onlyCompression =
          index.clustered &&
          !index.columnstore &&
          desired.compression !== live.compression &&
          desired.fillFactor === live.fillFactor &&
          desired.padIndex === live.padIndex &&
          !live.disabled;
        if (onlyCompression) return this.work.rebuildTable(desired.compression);
        const options = [
          ...(desired.padIndex === live.padIndex ? [] : [`PAD_INDEX = ${desired.padIndex ? "ON" : "OFF"}`]),
          ...(desired.fillFactor === live.fillFactor
            ? []
            : [`FILLFACTOR = ${desired.fillFactor === 0 ? 100 : desired.fillFactor}`]),
          ...(desired.compression === live.compression ? [] : [compressionOption(desired.compression)]),
          // A disabled index has nothing that could stay online.
          ...(live.disabled ? [] : hints),
        ];
        const rebuild = `ALTER INDEX ${name} ON ${this.work.table} REBUILD${options.length === 0 ? "" : ` WITH (${options.join(", ")})`};`;
        this.work.add(phase, `rebuild index ${object}`, rebuild, {
          hazards:
            index.clustered && this.work.hasRows
              ? [
                  this.work.hazard(
                    "table-rewrite",
                    this.work.display,
                    "every row is rewritten",
                    this.work.diff.live.row.rows,
                  ),
                ]
              : build("the index is rebuilt over every row"),
          sizeOfData: true,
        });
        return this.setOptions(change);
      }
      case "set":
        return this.setOptions(change);
    }
  }

  private setOptions({ desired, live, rename }: IndexChange): void {
    const switches = (wanted: IndexChange["desired"] | LiveIndex, other: IndexChange["desired"] | LiveIndex): string =>
      [
        ...([["IGNORE_DUP_KEY", "ignoreDuplicateKey"], ["ALLOW_ROW_LOCKS", "allowRowLocks"], ["ALLOW_PAGE_LOCKS", "allowPageLocks"]] as const)
          .filter(([, property]) => wanted[property] !== other[property])
          .map(([option, property]) => `${option} = ${wanted[property] ? "ON" : "OFF"}`),
        ...(wanted.compressionDelay === other.compressionDelay ? [] : [compressionDelayOption(wanted.compressionDelay)]),
      ].join(", "); // prettier-ignore
    const options = switches(desired, live);
    if (options === "") return;
    const name = rename ? desired.name : live.name;
    const set = (text: string): string => `ALTER INDEX ${quoteName(name)} ON ${this.work.table} SET (${text});`;
    this.work.add("index", `set options of index ${this.work.partName(name)}`, set(options), {
      reverse: set(switches(live, desired)),
    });
  }
}
