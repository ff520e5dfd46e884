/** CREATE, ALTER and DROP SEQUENCE. Rules: reference sheet "tables and indexes" 7 and sql-docs, CREATE SEQUENCE. */
import type { Definition, Option } from "../language/ast";
import { sqlError } from "../session/messages";
import type { Execution, Work } from "../session/runtime";
import type { Sequence } from "../storage/model";
import type { SqlType } from "../types/sql-type";
import { lockObject } from "./locking";
import { at, locate, placeFor, shown } from "./naming";
import { mayAlter, requirePermission } from "./permission";
import { newObjectBase, register, touch } from "./registry";
import { resolveType } from "./resolve-type";

type Create = Extract<Definition, { kind: "create-sequence" }>;
type Alter = Extract<Definition, { kind: "alter-sequence" }>;

function range(type: SqlType): [bigint, bigint] | undefined {
  switch (type.name) {
    case "tinyint":
      return [0n, 255n];
    case "smallint":
      return [-32768n, 32767n];
    case "int":
      return [-2147483648n, 2147483647n];
    case "bigint":
      return [-9223372036854775808n, 9223372036854775807n];
    case "decimal":
    case "numeric": {
      if ((type.scale ?? 0) !== 0) return undefined;
      const limit = 10n ** BigInt(type.precision ?? 18) - 1n;
      return [-limit, limit];
    }
    default:
      return undefined;
  }
}

interface Settings {
  start?: bigint;
  restart?: bigint | "start";
  increment?: bigint;
  minimum?: bigint | "none";
  maximum?: bigint | "none";
  cycling?: boolean;
  cached?: boolean;
  cacheSize?: number | null;
}

function read(options: readonly Option[], sequenceName: string): Settings {
  const settings: Settings = {};
  for (const { name, value } of options) {
    const number = (): bigint => BigInt(value as string);
    switch (name) {
      case "START":
        settings.start = number();
        break;
      case "RESTART":
        settings.restart = value === undefined ? "start" : number();
        break;
      case "INCREMENT":
        settings.increment = number();
        break;
      case "MINVALUE":
        settings.minimum = number();
        break;
      case "MAXVALUE":
        settings.maximum = number();
        break;
      case "NO MINVALUE":
        settings.minimum = "none";
        break;
      case "NO MAXVALUE":
        settings.maximum = "none";
        break;
      case "CYCLE":
      case "NO CYCLE":
        settings.cycling = name === "CYCLE";
        break;
      case "CACHE":
        settings.cached = true;
        settings.cacheSize = value === undefined ? null : Number(value);
        if (settings.cacheSize === 0) throw sqlError(11706, [sequenceName]);
        break;
      case "NO CACHE":
        settings.cached = false;
        settings.cacheSize = null;
        break;
      default:
        throw sqlError(102, [name]);
    }
  }
  return settings;
}

export function createSequence(statement: Create, execution: Execution): void {
  const place = placeFor(statement.name, execution);
  const { database } = place;
  requirePermission("CREATE SEQUENCE", { kind: "schema", schemaId: place.schema.id }, execution);
  const type = statement.type
    ? resolveType(statement.type, database, 1, execution.session.server.version).type
    : ({ name: "bigint" } as const);
  const bounds = range(type);
  if (!bounds) throw at(sqlError(11702, [place.name]), statement.line);
  const settings = read(statement.options, shown(statement.name));
  const increment = settings.increment ?? 1n;
  const minimum = settings.minimum === undefined || settings.minimum === "none" ? bounds[0] : settings.minimum;
  const maximum = settings.maximum === undefined || settings.maximum === "none" ? bounds[1] : settings.maximum;
  const start = settings.start ?? (increment > 0n ? minimum : maximum);
  const sequence: Sequence = {
    ...newObjectBase(database, place.name, place.schema.id),
    type: "SO",
    dataType: type,
    start,
    increment,
    minimum,
    maximum,
    cycling: settings.cycling ?? false,
    cached: settings.cached ?? true,
    cacheSize: settings.cacheSize ?? null,
    current: start,
    lastUsed: null,
    exhausted: false,
  };
  validate(sequence, bounds, start);
  register(database, sequence, execution.session.transaction);
}

function validate(
  sequence: Pick<Sequence, "name" | "increment" | "minimum" | "maximum">,
  [low, high]: [bigint, bigint],
  start: bigint,
  altered = false,
): void {
  const { name, increment, minimum, maximum } = sequence;
  if (increment === 0n) throw sqlError(11700, [name]);
  if (minimum < low) throw sqlError(11708, ["MINVALUE"]);
  if (maximum > high) throw sqlError(11708, ["MAXVALUE"]);
  if (minimum >= maximum) throw sqlError(11705, [name]);
  if (start < minimum || start > maximum)
    throw altered ? sqlError(11704, [String(start), name]) : sqlError(11703, [name]);
  if ((increment < 0n ? -increment : increment) > maximum - minimum) throw sqlError(11701, [name]);
}

export function* alterSequence(statement: Alter, execution: Execution): Work<void> {
  const found = locate(statement.name, execution);
  if (!found || found.object.type !== "SO" || !mayAlter(execution, found.database, found.object))
    throw sqlError(15151, ["alter", "sequence object", shown(statement.name)]);
  const { object: sequence, database } = found;
  yield* lockObject(execution, database, sequence.id, "Sch-M");
  const { transaction } = execution.session;
  if (statement.options.some(({ name }) => name === "START")) throw sqlError(11711, ["START WITH"]);
  const settings = read(statement.options, shown(statement.name));
  const bounds = range(sequence.dataType)!;
  const increment = settings.increment ?? sequence.increment;
  const minimum =
    settings.minimum === undefined ? sequence.minimum : settings.minimum === "none" ? bounds[0] : settings.minimum;
  const maximum =
    settings.maximum === undefined ? sequence.maximum : settings.maximum === "none" ? bounds[1] : settings.maximum;
  const start =
    settings.restart === undefined ? undefined : settings.restart === "start" ? sequence.start : settings.restart;
  validate(
    { name: sequence.name, increment, minimum, maximum },
    bounds,
    start ?? sequence.current,
    start === undefined,
  );
  transaction.set(sequence, "increment", increment);
  transaction.set(sequence, "minimum", minimum);
  transaction.set(sequence, "maximum", maximum);
  if (settings.cycling !== undefined) transaction.set(sequence, "cycling", settings.cycling);
  if (settings.cached !== undefined) {
    transaction.set(sequence, "cached", settings.cached);
    transaction.set(sequence, "cacheSize", settings.cacheSize ?? null);
  }
  if (start !== undefined) {
    transaction.set(sequence, "start", start);
    transaction.set(sequence, "current", start);
    transaction.set(sequence, "lastUsed", null);
    transaction.set(sequence, "exhausted", false);
  }
  touch(sequence, execution);
}
