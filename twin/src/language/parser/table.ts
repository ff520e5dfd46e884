/** CREATE TABLE and ALTER TABLE. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
import type {
  AlterTableAction,
  ColumnDefinition,
  DataSpaceReference,
  Definition,
  Expression,
  IndexColumn,
  Name,
  Option,
  ReferentialAction,
  TableConstraint,
  TableDefinition,
} from "../ast";
import "../../session/messages/columnstore";
import "../../session/messages/temporal";
import type { Cursor } from "./cursor";
import { parseExpression, parseScalar } from "./expressions";
import { parseInlineIndex } from "./table-index";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function parseCreateTable(c: Cursor, line: number): Definition {
  const name = c.name();
  let as: "node" | "edge" | "filetable" | undefined;
  if (c.isSequence("AS", "FILETABLE")) throw c.notImplemented("FileTable");
  if (c.is("AS") && (c.is("SELECT", 1) || c.isSymbol("(", 1))) throw c.unexpected();
  if (c.is("AS")) as = parseGraphKind(c);
  const definition = as && !c.isSymbol("(") ? { columns: [], constraints: [], indexes: [] } : parseTableDefinition(c);
  if (c.is("AS")) as = parseGraphKind(c);
  let on: DataSpaceReference | undefined;
  let textImageOn: string | undefined;
  let filestreamOn: string | undefined;
  let options: Option[] = [];
  for (;;) {
    if (c.take("ON")) on = parseDataSpace(c);
    else if (c.take("TEXTIMAGE_ON")) textImageOn = dataSpaceName(c);
    else if (c.take("FILESTREAM_ON")) filestreamOn = dataSpaceName(c);
    else if (c.is("WITH") && c.isSymbol("(", 1)) {
      c.next();
      options = c.options();
    } else break;
  }
  return {
    kind: "create-table",
    name,
    definition,
    options,
    ...(on ? { on } : {}),
    ...(textImageOn ? { textImageOn } : {}),
    ...(filestreamOn ? { filestreamOn } : {}),
    ...(as ? { as } : {}),
    line,
  };
}

function parseGraphKind(c: Cursor): "node" | "edge" {
  c.expect("AS");
  if (!c.isAny("NODE", "EDGE")) throw c.unexpected();
  return c.next().upper === "NODE" ? "node" : "edge";
}

/** ON filegroup | "default" | scheme (column). */
export function parseDataSpace(c: Cursor): DataSpaceReference {
  const name = dataSpaceName(c);
  if (!c.takeSymbol("(")) return { name };
  const column = c.identifier();
  c.expectSymbol(")");
  return { name, column };
}

export function dataSpaceName(c: Cursor): string {
  if (c.is("PRIMARY") || c.is("DEFAULT") || c.token.kind === "string") return c.next().value;
  return c.identifier();
}

export function parseTableDefinition(c: Cursor): TableDefinition {
  const definition: Mutable<TableDefinition> & { columns: ColumnDefinition[] } = {
    columns: [],
    constraints: [],
    indexes: [],
  };
  c.expectSymbol("(");
  for (;;) {
    // A trailing comma before the closing parenthesis is legal.
    if (c.isSymbol(")") && definition.columns.length > 0) break;
    parseTableElement(c, definition);
    if (!c.takeSymbol(",")) {
      if (!startsTableConstraint(c)) break;
    }
  }
  c.expectSymbol(")");
  return definition;
}

function startsTableConstraint(c: Cursor): boolean {
  return c.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK");
}

function parseTableElement(c: Cursor, into: Mutable<TableDefinition>): void {
  if (c.is("PERIOD") && c.is("FOR", 1)) {
    if (into.period) throw c.error(13508);
    into.period = parsePeriod(c);
  } else if (c.is("INDEX")) into.indexes.push(parseInlineIndex(c));
  else if (startsTableConstraint(c)) into.constraints.push(parseConstraint(c, undefined));
  else into.columns.push(parseColumn(c));
}

function parsePeriod(c: Cursor): { start: string; end: string } {
  c.expect("PERIOD", "FOR", "SYSTEM_TIME");
  c.expectSymbol("(");
  const start = c.identifier();
  c.expectSymbol(",");
  const end = c.identifier();
  c.expectSymbol(")");
  return { start, end };
}

function parseColumn(c: Cursor): ColumnDefinition {
  const line = c.line;
  const name = c.identifier();
  const column: Mutable<ColumnDefinition> = {
    name,
    constraints: [],
    indexes: [],
    rowGuidCol: false,
    sparse: false,
    filestream: false,
    columnSet: false,
    line,
  };
  if (c.take("AS")) {
    const first = c.token;
    const expression = parseExpression(c);
    const text = c.slice(first);
    const persisted = c.take("PERSISTED");
    column.computed = { expression, text, persisted };
    if (persisted && c.isSequence("NOT", "NULL")) {
      c.position += 2;
      column.nullable = false;
    }
  } else {
    // "timestamp" alone is a column of that name and type.
    column.type =
      name.toUpperCase() === "TIMESTAMP" && (c.isSymbol(",") || c.isSymbol(")") || c.isAny("NOT", "NULL"))
        ? { name: { parts: ["timestamp"], line }, arguments: [], line }
        : c.type();
  }
  while (parseColumnPart(c, column));
  return column;
}

function parseColumnPart(c: Cursor, column: Mutable<ColumnDefinition>): boolean {
  if (c.take("COLLATE")) column.collation = c.identifier();
  else if (c.take("NULL")) {
    if (column.nullable !== undefined) column.nullableTwice = true;
    column.nullable = true;
  } else if (c.isSequence("NOT", "NULL")) {
    c.position += 2;
    if (column.nullable !== undefined) column.nullableTwice = true;
    column.nullable = false;
  } else if (c.is("IDENTITY")) column.identity = parseIdentity(c);
  else if (c.isSequence("NOT", "FOR", "REPLICATION")) {
    c.position += 3;
    if (!column.identity) throw c.unexpected();
    column.identity = { ...column.identity, notForReplication: true };
  } else if (c.take("ROWGUIDCOL")) column.rowGuidCol = true;
  else if (c.take("SPARSE")) column.sparse = true;
  else if (c.take("FILESTREAM")) column.filestream = true;
  else if (c.takeSequence("COLUMN_SET", "FOR", "ALL_SPARSE_COLUMNS")) column.columnSet = true;
  else if (c.isSequence("GENERATED", "ALWAYS", "AS")) column.generated = parseGenerated(c);
  else if (c.isSequence("MASKED", "WITH")) column.mask = parseMask(c);
  else if (c.isSequence("ENCRYPTED", "WITH")) {
    c.position += 2;
    column.encrypted = c.options();
  } else if (c.is("INDEX")) {
    const index = parseInlineIndex(c, column.name);
    if (index.type.endsWith("columnstore")) throw c.error(35306);
    column.indexes.push(index);
  } else if (c.is("DEFAULT") || (c.is("CONSTRAINT") && c.is("DEFAULT", 2))) {
    if (column.default) column.defaultTwice = true;
    column.default = parseDefault(c);
  } else if (c.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "REFERENCES", "CHECK"))
    column.constraints.push(parseConstraint(c, column.name));
  else return false;
  return true;
}

function parseIdentity(c: Cursor): NonNullable<ColumnDefinition["identity"]> {
  c.expect("IDENTITY");
  if (!c.takeSymbol("(")) return { seed: "1", increment: "1", notForReplication: false };
  const number = (): string => {
    const sign = c.takeSymbol("-") ? "-" : "";
    if (c.token.kind !== "integer") throw c.unexpected();
    return sign + c.next().text;
  };
  const seed = number();
  c.expectSymbol(",");
  const increment = number();
  c.expectSymbol(")");
  return { seed, increment, notForReplication: false };
}

function parseGenerated(c: Cursor): NonNullable<ColumnDefinition["generated"]> {
  c.position += 3;
  const subject = c.next().upper;
  const edge = c.next().upper;
  if (!["ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER"].includes(subject) || !["START", "END"].includes(edge))
    throw c.unexpected();
  const what = `${subject === "ROW" ? "row" : subject === "TRANSACTION_ID" ? "transaction" : "sequence"}-${edge.toLowerCase()}`;
  return { what: what as "row-start", hidden: c.take("HIDDEN") };
}

function parseMask(c: Cursor): string {
  c.position += 2;
  const option = c.options()[0];
  if (option?.name !== "FUNCTION" || typeof option.value !== "string") throw c.unexpected();
  return option.value;
}

function parseDefault(c: Cursor): NonNullable<ColumnDefinition["default"]> {
  const name = c.take("CONSTRAINT") ? c.identifier() : undefined;
  c.expect("DEFAULT");
  const first = c.token;
  const expression = parseScalar(c);
  const text = c.slice(first);
  const withValues = c.takeSequence("WITH", "VALUES");
  return { ...(name ? { name } : {}), expression, text, withValues };
}

function action(c: Cursor): ReferentialAction {
  if (c.takeSequence("NO", "ACTION")) return "no-action";
  if (c.take("CASCADE")) return "cascade";
  if (c.takeSequence("SET", "NULL")) return "set-null";
  if (c.takeSequence("SET", "DEFAULT")) return "set-default";
  throw c.unexpected();
}

/** A table constraint, or a column's when `column` is its name. */
function parseConstraint(c: Cursor, column: string | undefined): TableConstraint {
  const line = c.line;
  const name = c.take("CONSTRAINT") ? c.identifier() : undefined;
  const named = name ? { name } : {};
  if (c.isAny("PRIMARY", "UNIQUE")) return parseKey(c, column, named, line);
  if (c.is("FOREIGN") || c.is("REFERENCES")) return parseForeignKey(c, column, named, line);
  if (c.is("CONNECTION")) return parseConnection(c, named, line);
  if (c.take("DEFAULT")) {
    const first = c.token;
    const expression = parseScalar(c);
    const text = c.slice(first);
    c.expect("FOR");
    const target = c.identifier();
    return {
      kind: "default",
      ...named,
      expression,
      text,
      column: target,
      withValues: c.takeSequence("WITH", "VALUES"),
      line,
    };
  }
  c.expect("CHECK");
  const notForReplication = c.takeSequence("NOT", "FOR", "REPLICATION");
  c.expectSymbol("(");
  const first = c.token;
  const expression = parseExpression(c);
  const text = c.slice(first);
  c.expectSymbol(")");
  return { kind: "check", ...named, expression, text, notForReplication, line };
}

function parseKey(c: Cursor, column: string | undefined, named: { name?: string }, line: number): TableConstraint {
  const kind = c.next().upper === "PRIMARY" ? "primary-key" : "unique";
  if (kind === "primary-key") c.expect("KEY");
  const clustered = c.take("CLUSTERED") ? true : c.take("NONCLUSTERED") ? false : undefined;
  const hash = c.take("HASH");
  const columns: IndexColumn[] = c.isSymbol("(")
    ? parseIndexColumns(c)
    : column
      ? []
      : c.parenthesized(() => ({ name: c.identifier(), descending: false }));
  let options: Option[] = [];
  if (c.take("WITH")) options = c.is("FILLFACTOR") ? [c.option()] : c.options();
  const on = c.is("ON") && !c.is("DELETE", 1) && !c.is("UPDATE", 1) ? (c.next(), parseDataSpace(c)) : undefined;
  return {
    kind,
    ...named,
    columns,
    ...(clustered === undefined ? {} : { clustered }),
    ...(hash ? { hash } : {}),
    options,
    ...(on ? { on } : {}),
    line,
  };
}

export function parseIndexColumns(c: Cursor): IndexColumn[] {
  return c.parenthesized(() => {
    const name = c.identifier();
    const descending = c.take("DESC");
    if (!descending) c.take("ASC");
    return { name, descending };
  });
}

function parseForeignKey(
  c: Cursor,
  column: string | undefined,
  named: { name?: string },
  line: number,
): TableConstraint {
  let columns = column ? [column] : [];
  if (c.takeSequence("FOREIGN", "KEY")) {
    if (c.isSymbol("(")) columns = c.parenthesized(() => c.identifier());
    else if (!column) throw c.unexpected();
  }
  c.expect("REFERENCES");
  const references = c.name();
  const referencedColumns = c.isSymbol("(") ? c.parenthesized(() => c.identifier()) : [];
  let onDelete: ReferentialAction = "no-action";
  let onUpdate: ReferentialAction = "no-action";
  while (c.is("ON") && (c.is("DELETE", 1) || c.is("UPDATE", 1))) {
    c.next();
    if (c.next().upper === "DELETE") onDelete = action(c);
    else onUpdate = action(c);
  }
  const notForReplication = c.takeSequence("NOT", "FOR", "REPLICATION");
  return {
    kind: "foreign-key",
    ...named,
    columns,
    references,
    referencedColumns,
    onDelete,
    onUpdate,
    notForReplication,
    line,
  };
}

function parseConnection(c: Cursor, named: { name?: string }, line: number): TableConstraint {
  c.expect("CONNECTION");
  const pairs = c.parenthesized(() => {
    const from = c.name();
    c.expect("TO");
    return { from, to: c.name() };
  });
  const onDelete = c.takeSequence("ON", "DELETE") ? action(c) : "no-action";
  return { kind: "connection", ...named, pairs, onDelete, line };
}

export function parseAlterTable(c: Cursor, line: number): Definition {
  const name = c.name();
  return { kind: "alter-table", name, action: parseAlterAction(c), line };
}

function parseAlterAction(c: Cursor): AlterTableAction {
  const check =
    c.is("WITH") && (c.is("CHECK", 1) || c.is("NOCHECK", 1)) ? (c.next(), c.next().upper === "CHECK") : undefined;
  if (c.take("ADD")) return { kind: "add", definition: parseAdded(c), check };
  if (c.isAny("CHECK", "NOCHECK") && c.is("CONSTRAINT", 1)) {
    const enable = c.next().upper === "CHECK";
    c.next();
    const names = c.take("ALL") ? ("all" as const) : c.list(() => c.identifier());
    return { kind: "check-constraint", enable, validate: check, names };
  }
  if (check !== undefined) throw c.unexpected();
  if (c.isSequence("ALTER", "COLUMN")) return parseAlterColumn(c);
  if (c.is("ALTER") && c.is("INDEX", 1)) throw c.notImplemented("ALTER TABLE ... ALTER INDEX");
  if (c.take("DROP")) return parseDropped(c);
  if (c.isAny("ENABLE", "DISABLE")) {
    const enable = c.next().upper === "ENABLE";
    if (c.take("CHANGE_TRACKING"))
      return { kind: "change-tracking", enable, options: c.take("WITH") ? c.options() : [] };
    c.expect("TRIGGER");
    return { kind: "trigger", enable, names: c.take("ALL") ? "all" : c.list(() => c.identifier()) };
  }
  if (c.take("SWITCH")) return parseSwitch(c);
  if (c.take("REBUILD")) {
    let partition: Expression | "all" | undefined;
    if (c.take("PARTITION")) {
      c.expectSymbol("=");
      partition = c.take("ALL") ? "all" : parseScalar(c);
    }
    return { kind: "rebuild", ...(partition ? { partition } : {}), options: c.take("WITH") ? c.options() : [] };
  }
  if (c.take("SET")) return { kind: "set", options: c.options() };
  throw c.unexpected();
}

function parseAdded(c: Cursor): TableDefinition {
  const definition: Mutable<TableDefinition> = { columns: [], constraints: [], indexes: [] };
  do {
    if (c.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "DEFAULT"))
      definition.constraints.push(parseConstraint(c, undefined));
    else parseTableElement(c, definition);
  } while (c.takeSymbol(","));
  return definition;
}

const COLUMN_PROPERTIES = ["ROWGUIDCOL", "PERSISTED", "SPARSE", "HIDDEN", "MASKED"];

function parseAlterColumn(c: Cursor): AlterTableAction {
  c.position += 2;
  const column = c.identifier();
  if (c.isAny("ADD", "DROP")) {
    const add = c.next().upper === "ADD";
    if (c.takeSequence("NOT", "FOR", "REPLICATION"))
      return { kind: "alter-column-property", column, add, property: "NOT FOR REPLICATION" };
    if (!COLUMN_PROPERTIES.includes(c.token.upper)) throw c.unexpected();
    if (c.is("MASKED") && add)
      return { kind: "alter-column-property", column, add, property: "MASKED", text: parseMask(c) };
    return { kind: "alter-column-property", column, add, property: c.next().upper };
  }
  const type = c.type();
  const collation = c.take("COLLATE") ? c.identifier() : undefined;
  let nullable: boolean | undefined;
  if (c.take("NULL")) nullable = true;
  else if (c.takeSequence("NOT", "NULL")) nullable = false;
  const sparse = c.take("SPARSE") ? true : undefined;
  const options = c.take("WITH") ? c.options() : [];
  return {
    kind: "alter-column",
    column,
    type,
    ...(collation ? { collation } : {}),
    ...(nullable === undefined ? {} : { nullable }),
    ...(sparse ? { sparse } : {}),
    options,
  };
}

function parseDropped(c: Cursor): AlterTableAction {
  let kind: "column" | "constraint" | "unknown" = "unknown";
  let ifExists = false;
  const items = c.list((): Extract<AlterTableAction, { kind: "drop" }>["items"][number] => {
    if (c.takeSequence("PERIOD", "FOR", "SYSTEM_TIME"))
      return { kind: "period", name: "", ifExists: false, options: [] };
    if (c.isAny("COLUMN", "CONSTRAINT")) {
      kind = c.next().upper === "COLUMN" ? "column" : "constraint";
      ifExists = c.takeSequence("IF", "EXISTS");
    } else if (kind === "unknown") ifExists = c.takeSequence("IF", "EXISTS");
    const name = c.identifier();
    const options = kind !== "column" && c.is("WITH") && c.isSymbol("(", 1) ? (c.next(), c.options()) : [];
    return { kind, name, ifExists, options };
  });
  return { kind: "drop", items };
}

function parseSwitch(c: Cursor): AlterTableAction {
  const partition = (): Expression | undefined => (c.take("PARTITION") ? parseScalar(c) : undefined);
  const sourcePartition = partition();
  c.expect("TO");
  const target: Name = c.name();
  const targetPartition = partition();
  return {
    kind: "switch",
    ...(sourcePartition ? { sourcePartition } : {}),
    target,
    ...(targetPartition ? { targetPartition } : {}),
    options: c.take("WITH") ? c.options() : [],
  };
}
