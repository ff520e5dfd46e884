/** What the planners of one table share: its names, its size, and how a statement or hazard of it is written down. */
import type { Hazard } from "../../contract";
import { quoteNames } from "../../engine/quoting";
import { isLegacyLob } from "./data-type";
import type { DiffFacts, TableDiff } from "./diff";
import type { Draft, DraftStatement, Phase } from "./draft";
import { compressionOf } from "./live";
import type { Compression, DesiredTable } from "./model";
import { compressionOption } from "./render";
import { versioningChange, type VersioningChange } from "./versioning-change";

export class TableWork {
  readonly desired: DesiredTable;
  readonly display: string;
  /** Quoted, as it is called once moves and renames are done. */
  readonly table: string;
  readonly hasRows: boolean;
  readonly versioning: VersioningChange;

  constructor(
    readonly diff: TableDiff,
    readonly draft: Draft,
    readonly facts: DiffFacts,
  ) {
    this.desired = diff.desired;
    this.display = diff.desired.display;
    this.table = quoteNames(diff.desired.schema, diff.desired.name);
    this.hasRows = diff.live.row.rows > 0;
    this.versioning = versioningChange(diff, facts.names);
  }

  add(phase: Phase, label: string, batch: string, special: DraftStatement = {}): void {
    this.draft.add(phase, this.display, label, batch, special);
  }

  hazard(type: Hazard["type"], object: string, detail: string, rows?: number): Hazard {
    return { type, object, detail, ...(rows !== undefined && { rows }) };
  }

  /** "dbo.Orders.Note": what a consent names. */
  partName(name: string): string {
    return `${this.display}.${name}`;
  }

  pathOf(property: string): string {
    return `${this.desired.path}${property}`;
  }

  /**
   * ONLINE = ON: Enterprise and Developer, and Azure; not over text, ntext, image, nor on a table with special indexes.
   * https://learn.microsoft.com/sql/relational-databases/indexes/guidelines-for-online-index-operations
   */
  get onlineHint(): readonly string[] {
    const { live, desired } = this.diff;
    if (!this.hasEnterpriseFeatures || live.otherIndexes.length > 0) return [];
    if ([...live.indexes, ...desired.indexes].some((index) => index.columnstore)) return [];
    if (desired.columns.some((column) => column.filestream)) return [];
    return this.diff.live.columns.some((column) => isLegacyLob(column.type)) ? [] : ["ONLINE = ON"];
  }

  get hasEnterpriseFeatures(): boolean {
    const { edition, flavor } = this.draft.context.capabilities;
    return flavor !== "server" || /enterprise|developer|evaluation/i.test(edition);
  }

  /** Of the rows as they are stored now: in the heap or in the clustered index. */
  storedCompression(): Compression {
    const { heap, indexes } = this.diff.live;
    return heap ? compressionOf(heap) : (indexes.find((index) => index.clustered)?.compression ?? "none");
  }

  rebuildTable(compression: Compression): void {
    this.add(
      "table-option",
      `rebuild table ${this.display}`,
      `ALTER TABLE ${this.table} REBUILD WITH (${[compressionOption(compression), ...this.onlineHint].join(", ")});`,
      {
        hazards: this.hasRows
          ? [
              this.hazard(
                "table-rewrite",
                this.display,
                `every row is rewritten for compression ${compression}`,
                this.diff.live.row.rows,
              ),
            ]
          : [],
        sizeOfData: true,
      },
    );
  }
}
