/** Plans of the kind PartitionScheme. One boundary a statement: SPLIT takes the filegroup that NEXT USED named just before. Pure. */
import type { CatalogSnapshot, Hazard, OwnedObject, Plan, PlanContext, Refusal, Statement } from "../../contract";
import { quoteName } from "../../engine/quoting";
import { dataTimeoutSeconds, statement } from "../../engine/statement";
import type { NameComparer } from "../../engine/names";
import type { PartitionFunctionEntry, PartitionSchemeEntry } from "../../engine/snapshot/partitions";
import { sameType, typeText } from "../table/data-type";
import { boundaryLiteral, canonicalBoundary } from "./boundary";
import type { DesiredPartitionScheme } from "./inputs";
import { typeOfFunction } from "./live-type";

export interface LivePartitionScheme {
  readonly database: string;
  readonly function: PartitionFunctionEntry | undefined;
  /** undefined = only the function is there. */
  readonly scheme: PartitionSchemeEntry | undefined;
  readonly names: NameComparer;
}

export const owned = (name: string): OwnedObject => ({ type: "partition scheme", name });

export function plan(
  desired: DesiredPartitionScheme,
  live: LivePartitionScheme | undefined,
  context: PlanContext,
): Plan {
  const refusals: Refusal[] = [];
  const statements: Statement[] = [];
  const outcome = {
    statements,
    refusals,
    notes: [],
    owns: [owned(desired.name)],
    requires: requirements(desired, context),
  };
  if (live?.function) {
    refuseOtherFunction(desired, live, live.function, context, refusals);
    if (refusals.length === 0) changeBoundaries(desired, live.function, live.scheme, context, statements, refusals);
  } else {
    const values = desired.boundaries.map((value) => boundaryLiteral(value, desired.type)).join(", ");
    statements.push(
      statement(
        desired.database,
        `create partition function ${desired.functionName}`,
        `CREATE PARTITION FUNCTION ${quoteName(desired.functionName)} (${typeText(desired.type)}) AS RANGE ${desired.onRight ? "RIGHT" : "LEFT"} FOR VALUES (${values});`,
        { reverse: `DROP PARTITION FUNCTION ${quoteName(desired.functionName)};`, object: owned(desired.name) },
      ),
    );
  }
  if (!live?.scheme) {
    const to = desired.allTo
      ? `ALL TO (${quoteName(desired.filegroups[0]!)})`
      : `TO (${desired.filegroups.map(quoteName).join(", ")})`;
    statements.push(
      statement(
        desired.database,
        `create partition scheme ${desired.name}`,
        `CREATE PARTITION SCHEME ${quoteName(desired.name)} AS PARTITION ${quoteName(desired.functionName)} ${to};`,
        { reverse: `DROP PARTITION SCHEME ${quoteName(desired.name)};`, object: owned(desired.name) },
      ),
    );
  }
  return outcome;
}

function requirements({ name, filegroups }: DesiredPartitionScheme, { catalog }: PlanContext): Plan["requires"] {
  return [...new Set(filegroups)]
    .filter((filegroup) => !catalog.database.findFilegroup(filegroup))
    .map((filegroup) => ({ type: "filegroup", name: filegroup, neededBy: `partition scheme "${name}"` }));
}

function refuseOtherFunction(
  desired: DesiredPartitionScheme,
  { scheme, names }: LivePartitionScheme,
  there: PartitionFunctionEntry,
  context: PlanContext,
  refusals: Refusal[],
): void {
  const say = (property: string, reason: string): void => void refusals.push({ property, reason });
  if (scheme && !names.equals(there.name, desired.functionName))
    say(
      "functionName",
      `partition scheme ${desired.name} stands on function ${there.name} and cannot change it; give that name, or make a second scheme`,
    );
  const type = typeOfFunction(there);
  if (!sameType(type, desired.type, names))
    say(
      "type",
      `partition function ${there.name} takes ${typeText(type)} and that cannot change; make a second scheme and move the tables to it`,
    );
  if (there.boundaryOnRight !== desired.onRight)
    say(
      "range",
      `partition function ${there.name} is RANGE ${there.boundaryOnRight ? "RIGHT" : "LEFT"} and that cannot change; make a second scheme and move the tables to it`,
    );
  if (!scheme && !context.owned.some((object) => object.type === "partition scheme"))
    say(
      "functionName",
      `partition function ${there.name} is there already, without scheme ${desired.name}; drop it, or give another name`,
    );
}

interface Part {
  filegroup: string;
  rows: number;
}

/** Removed boundaries first: a partition that is merged away is not split again. */
function changeBoundaries(
  desired: DesiredPartitionScheme,
  there: PartitionFunctionEntry,
  scheme: PartitionSchemeEntry | undefined,
  context: PlanContext,
  statements: Statement[],
  refusals: Refusal[],
): void {
  const { names } = context;
  const type = typeOfFunction(there);
  const boundaries = there.boundaries.map((value) => (value === null ? null : canonicalBoundary(value, type)));
  const schemes = schemesOf(there, context);
  const parts = [...boundaries, null].map((_, at): Part => ({
    filegroup: scheme?.partitions[at]?.filegroup ?? "",
    // A boundary moves the rows on every scheme of its function.
    rows: schemes.reduce((rows, one) => rows + (one.partitions[at]?.rows ?? 0), 0),
  }));
  const columnstore = schemes.map((one) => columnstoreOn(one, context.catalog)).find((index) => index !== undefined);
  const changer = new BoundaryChanger(desired, there, scheme, columnstore, context, statements, refusals);
  for (let at = boundaries.length - 1; at >= 0; at--)
    if (!desired.boundaries.includes(boundaries[at] ?? "")) changer.merge(boundaries, parts, at);
  desired.boundaries.forEach((value, at) => {
    if (boundaries[at] === value) return;
    if (!boundaries.includes(value)) return changer.split(boundaries, parts, at, value);
    refusals.push({
      property: `boundaries[${at}]`,
      reason: `the server orders the boundaries as ${boundaries.map((one) => one ?? "NULL").join(", ")}; give them in this order`,
    });
  });
  if (scheme && refusals.length === 0)
    parts.forEach((part, at) => {
      if (!names.equals(part.filegroup, desired.filegroups[at] ?? ""))
        refusals.push({
          property: desired.allTo ? "filegroups" : `filegroups[${at}]`,
          reason: `partition ${at + 1} lies in filegroup ${part.filegroup} and stays there; give that name`,
        });
    });
}

/** Of this resource and of others. */
const schemesOf = (there: PartitionFunctionEntry, { catalog }: PlanContext): readonly PartitionSchemeEntry[] =>
  catalog.database.partitions.schemes.filter((one) => one.functionId === there.functionId);

class BoundaryChanger {
  constructor(
    private readonly desired: DesiredPartitionScheme,
    private readonly there: PartitionFunctionEntry,
    private readonly scheme: PartitionSchemeEntry | undefined,
    private readonly columnstore: string | undefined,
    private readonly context: PlanContext,
    private readonly statements: Statement[],
    private readonly refusals: Refusal[],
  ) {}

  /** RANGE RIGHT drops the partition that begins at the boundary, RANGE LEFT the one that ends there. */
  merge(boundaries: (string | null)[], parts: Part[], at: number): void {
    const value = boundaries[at] ?? null;
    const [gone, stays] = this.desired.onRight ? [at + 1, at] : [at, at + 1];
    const moving = parts[gone]!.rows;
    if (this.columnstore !== undefined && moving > 0 && parts[stays]!.rows > 0)
      this.refuse(
        `boundary ${value ?? "NULL"} lies between two partitions with rows, and rows of columnstore index ${this.columnstore} do not move between partitions`,
      );
    this.change(
      `remove boundary ${value ?? "NULL"}`,
      `MERGE RANGE (${this.literal(value)})`,
      moving,
      "are moved into the next partition",
    );
    parts[stays]!.rows += moving;
    parts.splice(gone, 1);
    boundaries.splice(at, 1);
  }

  /** The new partition is the one that holds the boundary's own value. */
  split(boundaries: (string | null)[], parts: Part[], at: number, value: string): void {
    const fresh = this.desired.onRight ? at + 1 : at;
    const { rows } = parts[at]!;
    if (this.columnstore !== undefined && rows > 0)
      this.refuse(
        `boundary ${value} lies in a partition with ${rows} rows, and columnstore index ${this.columnstore} lets only an empty partition be split`,
      );
    const filegroup = this.desired.filegroups[fresh]!;
    // SPLIT wants NEXT USED on every scheme of the function, also on one that somebody else made.
    for (const { name, partitions } of schemesOf(this.there, this.context))
      this.add(
        `name the filegroup of the next partition of ${name}`,
        `ALTER PARTITION SCHEME ${quoteName(name)} NEXT USED ${quoteName(name === this.scheme?.name ? filegroup : partitions[at]!.filegroup)};`,
      );
    this.change(
      `add boundary ${value}`,
      `SPLIT RANGE (${this.literal(value)})`,
      rows,
      "are read, and those beyond the boundary are moved",
    );
    parts.splice(fresh, 0, { filegroup, rows });
    boundaries.splice(at, 0, value);
  }

  private literal(value: string | null): string {
    return value === null ? "NULL" : boundaryLiteral(value, this.desired.type);
  }

  private refuse(what: string): void {
    this.refusals.push({ property: "boundaries", reason: `${what}; empty the partition first, or drop the index` });
  }

  private change(label: string, action: string, rows: number, what: string): void {
    const hazards: Hazard[] =
      rows > 0
        ? [
            {
              type: "table-rewrite",
              object: this.desired.name,
              detail: `rows ${what} while their tables are locked`,
              rows,
            },
          ]
        : [];
    this.add(
      `${label} of partition function ${this.there.name}`,
      `ALTER PARTITION FUNCTION ${quoteName(this.there.name)} () ${action};`,
      hazards,
    );
  }

  private add(label: string, batch: string, hazards: readonly Hazard[] = []): void {
    this.statements.push(
      statement(this.desired.database, label, batch, {
        hazards,
        object: owned(this.desired.name),
        ...(hazards.length > 0 && { timeoutSeconds: dataTimeoutSeconds }),
      }),
    );
  }
}

function columnstoreOn({ name }: PartitionSchemeEntry, { database, names }: CatalogSnapshot): string | undefined {
  return (
    database.indexes.find((index) => (index.type === 5 || index.type === 6) && isOn(index, name, names))?.name ??
    undefined
  );
}

const isOn = (
  index: { dataSpace: string | null; dataSpaceType: string | null },
  name: string,
  names: NameComparer,
): boolean => index.dataSpaceType?.trim() === "PS" && index.dataSpace !== null && names.equals(index.dataSpace, name);

export function planDelete(live: LivePartitionScheme, context: PlanContext): Plan {
  const { scheme, database } = live;
  const { database: catalog, names } = context.catalog;
  const refuse = (reason: string): Plan => ({
    statements: [],
    refusals: [{ property: "", reason }],
    notes: [],
    owns: [],
  });
  const users = scheme
    ? catalog.indexes
        .filter((index) => isOn(index, scheme.name, names))
        .flatMap((index) => catalog.tableById(index.tableId) ?? [])
        .map((table) => `${table.schemaName}.${table.name}`)
    : [];
  if (users.length > 0)
    return refuse(
      `partition scheme "${scheme!.name}" holds ${[...new Set(users)].join(", ")}; drop or move them first`,
    );
  const others = catalog.partitions.schemes.filter(
    (one) => one.functionId === live.function?.functionId && one !== scheme,
  );
  const drops = [
    ...(scheme ? [["partition scheme", scheme.name] as const] : []),
    ...(live.function && others.length === 0 ? [["partition function", live.function.name] as const] : []),
  ];
  return {
    statements: drops.map(([what, name]) =>
      statement(database, `drop ${what} ${name}`, `DROP ${what.toUpperCase()} ${quoteName(name)};`, {
        object: owned(scheme?.name ?? name),
      }),
    ),
    refusals: [],
    notes:
      others.length > 0
        ? [
            `Partition function ${live.function!.name} stays, because other schemes use it: ${others.map((one) => one.name).join(", ")}.`,
          ]
        : [],
    owns: [],
  };
}
