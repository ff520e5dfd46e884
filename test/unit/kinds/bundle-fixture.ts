/** Bundles and catalogs for the tests: what the server would show after the given modules were deployed. */
import type { OwnedObject, Plan, PlanContext } from "../../../provider/src/contract";
import { capabilities } from "../../../provider/src/engine/capabilities";
import { catalogSnapshot, serverCatalog, type DatabaseRows } from "../../../provider/src/engine/catalog-snapshot";
import type { ObjectRow, TypeRow } from "../../../provider/src/engine/snapshot/modules";
import type { DatabaseRow, ServerRow } from "../../../provider/src/engine/snapshot/server";
import type { ColumnRow, TableRow } from "../../../provider/src/engine/snapshot/tables";
import type { BundleDesired } from "../../../provider/src/kinds/bundle/desired";
import { procedureBundleKind, type BundleLive } from "../../../provider/src/kinds/bundle";
import { planBundle } from "../../../provider/src/kinds/bundle/plan";
import { quoteNames } from "../../../provider/src/engine/quoting";
import { readModules, type ModuleSource } from "../../../provider/src/tsql/module-source";
import { columnRow as standardColumn, tableRow as standardTable } from "../../catalog-rows";
import { record } from "../../golden";

export type Files = Readonly<Record<string, string>>;

export function modulesOf(files: Files, defaultSchema = "dbo"): ModuleSource[] {
  return Object.entries(files).flatMap(([file, text]) => {
    const { modules, problems } = readModules(text, file, defaultSchema);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    return modules;
  });
}

export function bundle(files: Files, special: Partial<BundleDesired> = {}): BundleDesired {
  return {
    database: "sales",
    bundle: "api",
    defaultSchema: "dbo",
    removeMissing: true,
    missingReferences: "refuse",
    assemblies: [],
    modules: modulesOf(files, special.defaultSchema),
    ...special,
  };
}

const functionTypes = { scalar: "FN", inline: "IF", table: "TF" } as const;
const types = {
  procedure: "P",
  view: "V",
  trigger: "TR",
  synonym: "SN",
  sequence: "SO",
  function: "FN",
  type: "",
} as const;

/** The row that the server would show; ids count from 1000 in the order of the modules. */
export function objectRow(module: ModuleSource, objectId: number): ObjectRow {
  const sequence = module.shape?.shape === "sequence" ? module.shape : undefined;
  const cached = sequence !== undefined && sequence.cache !== "none";
  return {
    objectId,
    schemaName: module.schema,
    name: module.name,
    type: module.functionKind ? functionTypes[module.functionKind] : types[module.kind],
    parentSchema: module.parent?.schema ?? null,
    parentName: module.parent?.name ?? null,
    definitionHash: module.encrypted || module.shape ? null : module.hash.toUpperCase(),
    isEncrypted: module.encrypted,
    usesAnsiNulls: module.ansiNulls,
    usesQuotedIdentifier: module.quotedIdentifier,
    isSchemaBound: module.schemaBound,
    isNativelyCompiled: module.native,
    executeAs: null,
    isTriggerDisabled: false,
    isInsteadOfTrigger: false,
    baseObjectName: module.shape?.shape === "synonym" ? quoteNames(...module.shape.base) : null,
    sequenceType: sequence?.type.name ?? null,
    sequencePrecision: sequence ? (sequence.type.precision ?? 10) : null,
    sequenceStart: sequence ? String(sequence.start) : null,
    sequenceIncrement: sequence ? String(sequence.increment) : null,
    sequenceMinimum: sequence ? String(sequence.minimum) : null,
    sequenceMaximum: sequence ? String(sequence.maximum) : null,
    sequenceCurrent: sequence ? String(sequence.start) : null,
    sequenceCycles: sequence?.cycles ?? false,
    sequenceIsCached: cached,
    sequenceCacheSize: cached && typeof sequence.cache === "number" ? sequence.cache : null,
  };
}

function typeRow(module: ModuleSource, id: number): TypeRow {
  const alias = module.shape?.shape === "alias" ? module.shape : undefined;
  return {
    userTypeId: id,
    schemaName: module.schema,
    name: module.name,
    isTableType: !alias,
    isAssemblyType: false,
    isMemoryOptimized: module.shape?.shape === "table-type" && module.shape.memoryOptimized,
    tableObjectId: alias ? null : id + 50_000,
    baseTypeName: alias?.base.name ?? null,
    maxLength: alias?.base.maxLength ?? 4,
    precision: alias?.base.precision ?? 10,
    scale: alias?.base.scale ?? 0,
    isNullable: alias ? alias.nullable !== false : false,
  };
}

function columnRows(module: ModuleSource, id: number): ColumnRow[] {
  if (module.shape?.shape !== "table-type") return [];
  return module.shape.columns.map((column, index) =>
    columnRow(id + 50_000, index + 1, column.name, {
      typeName: column.type?.name ?? "int",
      typeSchema: column.type && !column.type.isSystem ? (column.type.schema ?? "dbo") : "sys",
      isUserDefinedType: column.type !== undefined && !column.type.isSystem,
      maxLength: column.type?.maxLength ?? 4,
      precision: column.type?.precision ?? 10,
      scale: column.type?.scale ?? 0,
      isNullable: column.nullable !== false,
      isComputed: column.type === undefined,
    }),
  );
}

export function columnRow(
  objectId: number,
  columnId: number,
  name: string,
  special: Partial<ColumnRow> = {},
): ColumnRow {
  return standardColumn({ objectId, columnId, name, isNullable: true, ...special });
}

export function tableRow(name: string, objectId: number, schemaName = "dbo"): TableRow {
  return standardTable({ objectId, schemaName, name, rows: 0 });
}

/** The database after `files` were deployed. `change` may do to it by hand what it likes. */
export function deployed(
  files: Files,
  change: (rows: DatabaseRows) => Partial<DatabaseRows> = () => ({}),
): Partial<DatabaseRows> {
  const modules = modulesOf(files);
  const rows: Partial<DatabaseRows> = {
    objects: modules.flatMap((module, index) => (module.kind === "type" ? [] : [objectRow(module, 1000 + index)])),
    types: modules.flatMap((module, index) => (module.kind === "type" ? [typeRow(module, 1000 + index)] : [])),
    columns: modules.flatMap((module, index) => columnRows(module, 1000 + index)),
  };
  return { ...rows, ...change(rows as DatabaseRows) };
}

const server = {
  collation: "Latin1_General_CI_AS",
  majorVersion: 16,
  hostPlatform: "Linux",
  engineEdition: 3,
} as unknown as ServerRow;

export function contextOf(
  rows: Partial<DatabaseRows> | undefined,
  owned: readonly OwnedObject[] = [],
  collation = "Latin1_General_CI_AS",
): PlanContext {
  const database = { name: "sales", collation } as unknown as DatabaseRow;
  const catalog = catalogSnapshot(serverCatalog(server, [database], []), "sales", rows);
  return {
    catalog,
    capabilities: capabilities(server),
    names: catalog.names,
    answers: new Map(),
    allow: [],
    owned,
    secret: () => "",
    previous: {},
  };
}

/** What iac.object holds after the files were deployed. */
export function ownedAfter(files: Files): readonly OwnedObject[] {
  return planBundle(bundle(files), contextOf(undefined)).owns;
}

/** Old files deployed, new files wanted. */
export function planChange(
  old: Files,
  wanted: Files,
  change?: (rows: DatabaseRows) => Partial<DatabaseRows>,
  special: Partial<BundleDesired> = {},
): Plan {
  return record("bundle", planBundle(bundle(wanted, special), contextOf(deployed(old, change), ownedAfter(old))));
}

export function liveOf(context: PlanContext, desired: BundleDesired): BundleLive | undefined {
  return procedureBundleKind.read(context.catalog, procedureBundleKind.identity(desired), context.owned);
}

export function labels(plan: Plan): string[] {
  return plan.statements.map((statement) => statement.label);
}

/** Refusals and nothing else, or a failure that shows the statements. */
export function reasons(plan: Plan): string[] {
  if (plan.statements.length > 0) throw new Error(`not refused:\n${labels(plan).join("\n")}`);
  return plan.refusals.map((refusal) => refusal.reason);
}
