/** Frames of batches and module calls. */
import type { Database, Module, Table } from "../storage/model";
import type { SqlValue } from "../types/value";
import type { Frame, Variable } from "./runtime";
import type { SqlError } from "./sql-error";

export interface Cursor {
  readonly name: string;
  readonly words: readonly string[];
  readonly query: import("../language/ast").Query;
  /** undefined until OPEN. */
  rows: (readonly SqlValue[])[] | undefined;
  columns: readonly import("./port").ResultColumn[];
  /** Index of the current row; -1 before the first. */
  position: number;
}

interface FrameSettings {
  readonly module?: Module;
  readonly database: Database;
  readonly parent?: Frame;
  readonly trigger?: Frame["trigger"];
  readonly quotedIdentifier: boolean;
  readonly ansiNulls: boolean;
  readonly temporaryTables?: Map<string, Table>;
}

export class ExecutionFrame implements Frame {
  readonly variables = new Map<string, Variable>();
  readonly tables = new Map<string, Table>();
  readonly module: Module | undefined;
  database: Database;
  readonly level: number;
  scopeIdentity: SqlValue = null;
  rowCount = 0n;
  lastError = 0;
  caught: SqlError | undefined;
  readonly trigger?: NonNullable<Frame["trigger"]>;
  readonly temporaryTables: Map<string, Table>;
  readonly parent: Frame | undefined;
  readonly quotedIdentifier: boolean;
  readonly ansiNulls: boolean;
  /** Cursors declared LOCAL here. */
  readonly cursors = new Map<string, Cursor>();
  /** Text that the statements come from, and the lines on which they begin. */
  text = "";
  lines: readonly number[] = [];

  constructor(settings: FrameSettings) {
    this.module = settings.module;
    this.database = settings.database;
    this.parent = settings.parent;
    this.level = settings.parent ? settings.parent.level + 1 : 0;
    if (settings.trigger) this.trigger = settings.trigger;
    this.temporaryTables = settings.temporaryTables ?? new Map();
    this.quotedIdentifier = settings.quotedIdentifier;
    this.ansiNulls = settings.ansiNulls;
    this.caught = settings.parent?.caught;
    this.rowCount = settings.parent?.rowCount ?? 0n;
    this.lastError = settings.parent?.lastError ?? 0;
  }
}
