/** Inputs to the normal form: names generated, defaults filled in, types parsed. Collects issues instead of throwing. */
import type { InputIssue } from "../../errors";
import { displayName } from "../../engine/quoting";
import { isTrivia, tokenize, UnterminatedTokenError } from "../../tsql/lexer";
import { DataTypeError, parseDataType, type DataType } from "./data-type";
import type { ColumnInputs, ForeignKeyInputs, IndexInputs, KeyInputs, TableBody } from "./inputs";
import type {
  DesiredCheck,
  DesiredColumn,
  DesiredForeignKey,
  DesiredIndex,
  DesiredTable,
  TableIdentity,
  IndexModel,
  Partitioning,
} from "./model";
import { keyColumn, normalizeVersioning, periodColumns } from "./desired-versioning";
import { generatedName, parseTableName } from "./table-name";

type Report = (property: string, reason: string) => void;

export interface GivenTable {
  /** "" or `tables["dbo.Orders"].`: what stands before "columns[0]". */
  readonly path: string;
  readonly identity: TableIdentity;
  readonly body: TableBody;
}

export function normalizeTables(given: readonly GivenTable[], issues: InputIssue[]): DesiredTable[] {
  const report: Report = (property, reason) => void issues.push({ property, reason });
  const keys = new Map(
    given.map((table) => [displayName(table.identity.schema, table.identity.name).toLowerCase(), table]),
  );
  return given
    .map((table) => normalizeTable(table, keys, report))
    .sort((left, right) => (left.display < right.display ? -1 : left.display > right.display ? 1 : 0));
}

function normalizeTable(given: GivenTable, all: ReadonlyMap<string, GivenTable>, report: Report): DesiredTable {
  const { path, identity, body } = given;
  const { schema, name } = identity;
  const indexes = (body.indexes ?? []).map((index, at) =>
    normalizeIndex(name, index, "index", `${path}indexes[${at}]`, report),
  );
  const uniques = (body.uniques ?? []).map((key, at) =>
    normalizeIndex(name, key, "unique", `${path}uniques[${at}]`, report),
  );
  const clusteredElsewhere = [...indexes, ...uniques].some((index) => index.clustered);
  const primaryKey =
    body.primaryKey &&
    normalizeIndex(
      name,
      { clustered: !clusteredElsewhere, ...body.primaryKey },
      "primary-key",
      `${path}primaryKey`,
      report,
    );
  const place = (index: DesiredIndex, given: Place | undefined): DesiredIndex => {
    checkPlace(index, given, body, path, report);
    return placeIndex(index, given, body);
  };
  return {
    path,
    schema,
    name,
    display: displayName(schema, name),
    columns: [
      ...body.columns.map((column, at) => normalizeColumn(name, column, `${path}columns[${at}]`, report)),
      ...periodColumns(body.systemVersioning, `${path}systemVersioning.periodColumns`),
    ],
    primaryKey: primaryKey && place(primaryKey, body.primaryKey),
    uniques: uniques.map((index, at) => place(index, body.uniques?.[at])),
    indexes: indexes.map((index, at) => place(index, body.indexes?.[at])),
    checks: Object.entries(body.checks ?? {})
      .map(([checkName, check]) =>
        normalizeCheck(checkName, check, `${path}checks[${JSON.stringify(checkName)}]`, report),
      )
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
    foreignKeys: (body.foreignKeys ?? []).map((key, at) =>
      normalizeForeignKey(name, key, `${path}foreignKeys[${at}]`, all, report),
    ),
    filegroup: body.filegroup,
    textFilegroup: body.textFilegroup,
    filestreamFilegroup: body.filestreamFilegroup,
    partition: partitionOf(body),
    versioning: normalizeVersioning(identity, body, `${path}systemVersioning`, report),
    compression: body.compression ?? "none",
    lockEscalation: body.lockEscalation ?? "table",
    from:
      body.renamedFrom === undefined && body.movedFrom === undefined
        ? undefined
        : { schema: body.movedFrom ?? schema, name: body.renamedFrom ?? name },
  };
}

/** A clustered index is the table: filegroup and compression of the table are its own. Other indexes lie beside it. */
export function placeIndex<T extends IndexModel>(index: T, given: Place | undefined, body: TableBody): T {
  const partition = given?.filegroup === undefined ? partitionOf(body) : undefined;
  if (!index.clustered) return { ...index, filegroup: given?.filegroup ?? rowsFilegroup(body), partition };
  const compression = index.columnstore ? index.compression : (given?.compression ?? body.compression ?? "none");
  return { ...index, filegroup: given?.filegroup ?? body.filegroup, partition, compression };
}

type Place = Pick<KeyInputs, "filegroup" | "compression">;

function partitionOf(body: TableBody): Partitioning | undefined {
  return body.partitionScheme && { scheme: body.partitionScheme.name, column: body.partitionScheme.column };
}

/** Where the inputs put the rows; undefined = they do not say. */
function rowsFilegroup(body: TableBody): string | undefined {
  const other = [...(body.uniques ?? []), ...(body.indexes ?? [])].find((index) => index.clustered);
  const clustered = other ?? (body.primaryKey?.clustered === false ? undefined : body.primaryKey);
  return clustered?.filegroup ?? body.filegroup;
}

function checkPlace(
  index: DesiredIndex,
  given: Place | undefined,
  body: TableBody,
  path: string,
  report: Report,
): void {
  if (!index.clustered) return;
  for (const property of ["filegroup", "compression"] as const) {
    if (given?.[property] === undefined || body[property] === undefined || given[property] === body[property]) continue;
    report(
      `${index.path}.${property}`,
      `the clustered index holds the rows, so it cannot differ from ${path}${property}; give one of the two`,
    );
  }
}

export function normalizeColumn(table: string, given: ColumnInputs, path: string, report: Report): DesiredColumn {
  let type: DataType | undefined;
  if (given.type !== undefined)
    try {
      type = parseDataType(given.type);
    } catch (error) {
      if (!(error instanceof DataTypeError) && !(error instanceof UnterminatedTokenError)) throw error;
      report(`${path}.type`, error.message);
    }
  const identity = given.identity === true ? {} : given.identity === false ? undefined : given.identity;
  const byDefault = typeof given.default === "string" ? { expression: given.default } : given.default;
  const computed = typeof given.computed === "string" ? { expression: given.computed } : given.computed;
  return {
    path,
    name: given.name,
    defaultNamed: byDefault !== undefined && "name" in byDefault && byDefault.name !== undefined,
    type,
    nullable: given.nullable ?? false,
    collation: given.collation,
    identity: identity && {
      seed: String(identity.seed ?? 1),
      increment: String(identity.increment ?? 1),
      notForReplication: identity.notForReplication ?? false,
    },
    default: byDefault && {
      name: byDefault.name ?? generatedName("DF", table, [given.name]),
      expression: plainExpression(byDefault.expression, `${path}.default`, report),
    },
    computed: computed && {
      expression: plainExpression(computed.expression, `${path}.computed`, report),
      persisted: computed.persisted ?? false,
      notNull: computed.notNull ?? false,
    },
    sparse: given.sparse ?? false,
    rowGuid: given.rowGuid ?? false,
    filestream: given.filestream ?? false,
    period: undefined,
    hidden: false,
    renamedFrom: given.renamedFrom,
    backfill: given.backfill === undefined ? undefined : plainExpression(given.backfill, `${path}.backfill`, report),
  };
}

export function normalizeIndex(
  table: string,
  given: KeyInputs | IndexInputs,
  role: DesiredIndex["role"],
  path: string,
  report: Report,
): DesiredIndex {
  const own: Partial<IndexInputs> = role === "index" ? given : {};
  const columnstore = own.columnstore ?? false;
  const columns = (given.columns ?? []).map(keyColumn);
  const keyNames = columns.map((column) => column.name);
  const prefix =
    role === "primary-key" ? "PK" : role === "unique" ? "UQ" : columnstore ? (given.clustered ? "CCI" : "NCCI") : "IX";
  if (columnstore && columns.some((column) => column.descending))
    report(`${path}.columns`, "a column in a columnstore index has no direction; give its name alone");
  if (!columnstore && own.archive) report(`${path}.archive`, "only a columnstore index takes it");
  if (!columnstore && own.compressionDelayMinutes !== undefined)
    report(`${path}.compressionDelayMinutes`, "only a columnstore index takes it");
  if (columnstore && own.compression !== undefined)
    report(`${path}.compression`, "a columnstore index is compressed in its own way; say archive for the smaller one");
  if (columnstore && own.include !== undefined)
    report(`${path}.include`, "a columnstore index has no key, so nothing is included; give all as columns");
  const nameColumns = role === "primary-key" || columnstore ? [] : keyNames;
  return {
    path,
    role,
    named: given.name !== undefined,
    name: given.name ?? generatedName(prefix, table, nameColumns),
    columns: columnstore ? [] : columns,
    include: columnstore ? keyNames : (own.include ?? []),
    where: own.where === undefined ? undefined : plainExpression(own.where, `${path}.where`, report),
    unique: role !== "index" || (own.unique ?? false),
    clustered: given.clustered ?? false,
    fillFactor: given.fillFactor === 100 ? 0 : (given.fillFactor ?? 0),
    padIndex: given.padIndex ?? false,
    ignoreDuplicateKey: given.ignoreDuplicateKey ?? false,
    allowRowLocks: given.allowRowLocks ?? true,
    allowPageLocks: given.allowPageLocks ?? true,
    compression: columnstore ? (own.archive ? "columnstore-archive" : "columnstore") : (given.compression ?? "none"),
    filegroup: given.filegroup,
    partition: undefined,
    columnstore,
    orderBy: own.orderBy ?? [],
    compressionDelay: own.compressionDelayMinutes ?? 0,
  };
}

export function normalizeCheck(
  name: string,
  given: string | { expression: string; notForReplication?: boolean | undefined },
  path: string,
  report: Report,
): DesiredCheck {
  if (name === "" || name.length > 128)
    report(path, `the name of a constraint has 1 to 128 characters, this one ${name.length}`);
  const check = typeof given === "string" ? { expression: given } : given;
  return {
    path,
    named: true,
    name,
    expression: plainExpression(check.expression, path, report),
    notForReplication: ("notForReplication" in check ? check.notForReplication : undefined) ?? false,
  };
}

export function normalizeForeignKey(
  table: string,
  given: ForeignKeyInputs,
  path: string,
  all: ReadonlyMap<string, GivenTable>,
  report: Report,
): DesiredForeignKey {
  const target = parseTableName(given.references.table);
  if (!target)
    report(
      `${path}.references.table`,
      `"${given.references.table}" is not the name of a table; give "schema.name" or "[schema].[name]"`,
    );
  const { schema, name } = target ?? { schema: "dbo", name: given.references.table };
  const inSet = all.get(displayName(schema, name).toLowerCase());
  const columns =
    given.references.columns ??
    inSet?.body.primaryKey?.columns.map((column) => (typeof column === "string" ? column : column.name));
  if (!columns)
    report(
      `${path}.references.columns`,
      inSet
        ? `${displayName(schema, name)} has no primary key; name the columns`
        : `${displayName(schema, name)} is not among these tables; name its columns`,
    );
  return {
    path,
    named: given.name !== undefined,
    name: given.name ?? generatedName("FK", table, given.columns),
    columns: given.columns,
    referencedSchema: schema,
    referencedTable: name,
    referencedColumns: columns ?? [],
    onDelete: given.onDelete ?? "no action",
    onUpdate: given.onUpdate ?? "no action",
    notForReplication: given.notForReplication ?? false,
  };
}

/** One balanced expression: it is put between brackets, so nothing in it may close them or begin a comment. */
function plainExpression(text: string, path: string, report: Report): string {
  let tokens;
  try {
    tokens = tokenize(text);
  } catch (error) {
    if (!(error instanceof UnterminatedTokenError)) throw error;
    report(path, error.message);
    return text;
  }
  let depth = 0;
  let caseDepth = 0;
  for (const token of tokens) {
    const raw = text.slice(token.start, token.end);
    if (token.kind === "line-comment" || token.kind === "block-comment")
      return (report(path, "a comment cannot stand in an expression; the server does not keep it"), text);
    if (token.kind === "word") caseDepth += /^case$/i.test(raw) ? 1 : /^end$/i.test(raw) ? -1 : 0;
    if (token.kind !== "operator") continue;
    if (raw === ";") return (report(path, "an expression cannot hold a semicolon"), text);
    depth += raw === "(" ? 1 : raw === ")" ? -1 : 0;
    if (depth < 0) break;
  }
  if (depth !== 0 || caseDepth !== 0)
    report(path, "the expression is not complete: its brackets, or CASE and END, do not match");
  if (tokens.every(isTrivia)) report(path, "the expression is empty");
  return text.trim();
}
