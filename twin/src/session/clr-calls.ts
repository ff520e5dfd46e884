/**
 * Calls of CLR routines: the checks of the server before user code runs, then the stand-in of the method.
 * Rules: reference sheet "CLR assemblies" 6 (clr enabled, trust at load) and 12 (6263, 6522, 10314).
 */
import type { MethodImage } from "../clr/assembly-image";
import { imageOf } from "../clr/registered";
import { fromStandIn, type StandInAggregate, type StandInTrigger, toStandIn } from "../clr/stand-ins";
import { isClrEnabled, isTrusted } from "../clr/trust";
import type { Column, Database, Module, Table } from "../storage/model";
import type { Assembly } from "../storage/model-clr";
import type { SqlType } from "../types/sql-type";
import type { SqlValue } from "../types/value";
import { sqlError } from "./messages";
import "./messages/clr";
import type { Execution } from "./runtime";
import { notImplemented, SqlError } from "./sql-error";

interface Routine {
  readonly key: string;
  readonly method: MethodImage | undefined;
  readonly run: (...args: unknown[]) => unknown;
}

/** Throws 6263, 10314, and 49999 with the name when nobody registered a stand-in. */
function routineOf(module: Module, database: Database, execution: Execution): Routine {
  const { server } = execution.session;
  if (!isClrEnabled(server)) throw sqlError(6263);
  const clr = module.clr!;
  const assembly: Assembly | undefined = database.assemblies.get(clr.assemblyId);
  if (!assembly || !isTrusted(server, database, assembly.permissionSet, assembly.hash))
    throw sqlError(10314, [clr.assemblyId, `the assembly ${assembly?.name ?? ""} is not trusted.`]);
  const key = [assembly.name, clr.className, ...(clr.method === null ? [] : [clr.method])].join(".");
  const run = execution.parts.clr?.find(key);
  if (!run) throw notImplemented(`CLR code of ${module.name}; register a stand-in for ${key}`);
  const method = imageOf(assembly)
    .types.get(clr.className)
    ?.methods.find((one) => one.name === (clr.method ?? "Accumulate"));
  return { key, method, run };
}

/** What user code throws is 6522 with the name of the routine. */
function guarded<T>(module: Module, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SqlError && error.number === 49999) throw error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    throw sqlError(6522, [module.name, `${name}: ${message}`]);
  }
}

const NOT_NULLABLE =
  /^System\.(Boolean|Byte|Char|Int16|Int32|Int64|Single|Double|Decimal|DateTime|TimeSpan|DateTimeOffset|Guid)$/;

/** Throws 6569: a value type has no NULL. */
function argumentsOf(module: Module, { method }: Routine, values: readonly SqlValue[]): unknown[] {
  return module.parameters.map((parameter, i) => {
    const value = values[i] ?? null;
    if (value === null && NOT_NULLABLE.test(method?.parameters[i]?.name ?? "") && !parameter.output)
      throw sqlError(6569, [module.name, i + 1]);
    return toStandIn(value, parameter.type);
  });
}

export function callClrScalar(
  module: Module,
  database: Database,
  values: readonly SqlValue[],
  execution: Execution,
): SqlValue {
  const routine = routineOf(module, database, execution);
  const args = argumentsOf(module, routine, values);
  return guarded(module, () => fromStandIn(routine.run(...args), module.returns!));
}

export function fillClrTable(
  module: Module,
  database: Database,
  values: readonly SqlValue[],
  table: Table,
  execution: Execution,
): Table {
  const routine = routineOf(module, database, execution);
  const args = argumentsOf(module, routine, values);
  guarded(module, () => {
    let id = table.nextRowId;
    for (const row of routine.run(...args) as Iterable<unknown>) table.rows.set(id++, rowOf(row, module.columns));
    table.nextRowId = id;
  });
  return table;
}

function rowOf(row: unknown, columns: readonly Column[]): SqlValue[] {
  if (typeof row !== "object" || row === null) throw new TypeError("a row is neither an array nor an object");
  if (Array.isArray(row) && row.length !== columns.length)
    throw new TypeError(`a row has ${row.length} values for ${columns.length} columns`);
  return columns.map(({ name, type }, i) => {
    if (!Array.isArray(row) && !Object.hasOwn(row, name)) throw new TypeError(`a row has no ${name}`);
    return fromStandIn(Array.isArray(row) ? row[i] : (row as Record<string, unknown>)[name], type);
  });
}

/** The status; `set` gets what is left in an OUTPUT parameter. */
export function callClrProcedure(
  module: Module,
  database: Database,
  values: readonly SqlValue[],
  set: (index: number, value: SqlValue) => void,
  execution: Execution,
): number {
  const routine = routineOf(module, database, execution);
  const args = argumentsOf(module, routine, values).map((value, i) =>
    module.parameters[i]!.output ? { value } : value,
  );
  return guarded(module, () => {
    const status = routine.run(...args);
    module.parameters.forEach((parameter, i) => {
      if (parameter.output) set(i, fromStandIn((args[i] as { value: unknown }).value, parameter.type));
    });
    return Number(fromStandIn(status, { name: "int" }) ?? 0);
  });
}

export function callClrTrigger(
  trigger: Module,
  database: Database,
  event: StandInTrigger["event"],
  inserted: Table,
  deleted: Table,
  execution: Execution,
): void {
  const routine = routineOf(trigger, database, execution);
  const rowsOf = (table: Table): Record<string, unknown>[] =>
    [...table.rows.values()].map((row) =>
      Object.fromEntries(table.columns.map((column, i) => [column.name, toStandIn(row[i] ?? null, column.type)])),
    );
  guarded(trigger, () =>
    routine.run({ event, inserted: rowsOf(inserted), deleted: rowsOf(deleted) } satisfies StandInTrigger),
  );
}

/** An aggregate over one group. */
export function startClrAggregate(
  module: Module,
  database: Database,
  execution: Execution,
): { add(values: readonly SqlValue[]): void; result(): SqlValue } {
  const routine = routineOf(module, database, execution);
  const returns: SqlType = module.returns!;
  const made = guarded(module, () => routine.run() as StandInAggregate);
  return {
    add: (values) => {
      const args = argumentsOf(module, routine, values);
      guarded(module, () => made.accumulate(...args));
    },
    result: () => guarded(module, () => fromStandIn(made.terminate(), returns)),
  };
}
