/** Random definitions of a table, and random changes of them: the same for the same seed. */
import type { TableBody } from "../../provider/src/kinds/table";

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Body = Mutable<TableBody>;
type Column = Mutable<Body["columns"][number]>;
type Index = NonNullable<Body["indexes"]>[number];

/** A value of each type that may stand in rows and defaults. */
const values: Readonly<Record<string, string>> = {
  int: "7",
  bigint: "8",
  smallint: "3",
  bit: "1",
  money: "3.5",
  float: "1.5",
  "decimal(9,2)": "1.25",
  "decimal(18,4)": "2.5",
  "nvarchar(20)": "N'abc'",
  "nvarchar(100)": "N'def'",
  "nvarchar(max)": "N'max'",
  "varchar(30)": "'xyz'",
  "char(5)": "'abcde'",
  date: "'2020-01-02'",
  time: "'10:11:12'",
  "datetime2(3)": "'2020-01-02T03:04:05.123'",
  "datetimeoffset(2)": "'2020-01-02T03:04:05+01:00'",
  uniqueidentifier: "'6F9619FF-8B86-D011-B42D-00C04FC964FF'",
  "varbinary(20)": "0x0102",
  "varbinary(max)": "0x01",
  xml: "N'<a/>'",
};
const typeNames = Object.keys(values);
const otherTypes: Readonly<Record<string, readonly string[]>> = {
  int: ["bigint", "decimal(18,4)"],
  bigint: ["int"],
  smallint: ["int", "bigint"],
  bit: ["int"],
  float: ["decimal(18,4)"],
  "decimal(9,2)": ["decimal(18,4)"],
  "nvarchar(20)": ["nvarchar(100)", "nvarchar(max)"],
  "nvarchar(100)": ["nvarchar(20)", "nvarchar(max)"],
  "varchar(30)": ["nvarchar(100)"],
  "char(5)": ["varchar(30)"],
  date: ["datetime2(3)"],
  "varbinary(20)": ["varbinary(max)"],
};
const isText = (type = ""): boolean => type.includes("char");
const isLarge = (type = ""): boolean => /max|xml/.test(type);

export class RandomTable {
  private fresh = 0;

  constructor(private state: number) {
    // The first numbers of neighbouring seeds are alike.
    for (let i = 0; i < 5; i++) this.below(2);
  }

  /** Park and Miller's generator. */
  private below(limit: number): number {
    this.state = (this.state * 48271) % 0x7fffffff;
    return Math.floor((this.state / 0x7fffffff) * limit);
  }

  private chance(share: number): boolean {
    return this.below(1000) < share * 1000;
  }

  private pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  private column(name: string): Column {
    if (this.chance(0.08))
      return { name, computed: this.chance(0.5) ? "[Id] * 2" : { expression: "[Id] + 1", persisted: true } };
    const type = this.pick(typeNames);
    const nullable = this.chance(0.5);
    const hasDefault = this.chance(0.3);
    return {
      name,
      type,
      ...(nullable && { nullable }),
      ...(hasDefault && { default: values[type]! }),
      ...(isText(type) && this.chance(0.1) && { collation: "Latin1_General_BIN2" }),
      ...(nullable && !hasDefault && !isLarge(type) && this.chance(0.1) && { sparse: true }),
    };
  }

  private index({ columns }: Body): Index {
    const keys = columns.filter(({ type, sparse }) => type && !isLarge(type) && !sparse).map(({ name }) => name);
    if (this.chance(0.15)) return { columnstore: true, columns: keys };
    const [first, second] = [this.pick(keys), this.pick(keys)];
    return {
      columns: [first],
      ...(second !== first && this.chance(0.5) && { include: [second] }),
      ...(this.chance(0.2) && { compression: "page" as const }),
      ...(this.chance(0.2) && { where: "[Id] > 0" }),
    };
  }

  private versioning(): NonNullable<Body["systemVersioning"]> {
    const retention = this.pick(["infinite", { value: 90, unit: "days" }, { value: 1, unit: "years" }] as const);
    const columnstore = this.chance(0.4);
    return {
      ...(this.chance(0.5) && { historyRetention: retention }),
      ...(this.chance(0.5) && {
        periodColumns: {
          hidden: this.chance(0.7),
          ...(this.chance(0.3) && { start: "Since", end: "Until" }),
          ...(this.chance(0.3) && { precision: 3 }),
        },
      }),
      ...(this.chance(0.3) && { historyTable: "dbo.Was" }),
      ...(columnstore && { historyIndex: "columnstore" as const }),
      ...(!columnstore && this.chance(0.3) && { historyCompression: this.pick(["none", "row", "page"] as const) }),
    };
  }

  table(): TableBody {
    const columns: Column[] = [
      { name: "Id", type: "int", ...(this.chance(0.5) && { identity: true }) },
      { name: "Base", type: "int", default: "1" },
      ...Array.from({ length: 2 + this.below(5) }, (_, at) => this.column(`c${at}`)),
    ];
    const body: Body = {
      columns,
      primaryKey: { columns: ["Id"], ...(this.chance(0.2) && { clustered: false }) },
      ...(this.chance(0.3) && { checks: { CK_Random: "[Id] >= 0" } }),
      ...(this.chance(0.45) && { systemVersioning: this.versioning() }),
    };
    if (this.chance(0.6)) body.indexes = named([this.index(body), this.index(body)]);
    return body;
  }

  /** One to four changes; some are none, and some cancel each other. */
  changed(from: TableBody): TableBody {
    const body: Body = structuredClone(from);
    for (let left = 1 + this.below(4); left > 0; left--) this.change(body, from);
    return body;
  }

  private change(body: Body, from: TableBody): void {
    const columns: Column[] = [...body.columns];
    const column = this.pick(columns.filter(({ name }) => name !== "Id"));
    const isIndexed = (body.indexes ?? []).some((index) =>
      [...(index.columns ?? []), ...(index.include ?? [])].includes(column.name),
    );
    const changes: (() => void)[] = [
      () => {
        const added = this.column(`n${this.fresh++}`);
        const needsValue = added.type !== undefined && !added.nullable && added.default === undefined;
        columns.push({ ...added, ...(needsValue && { backfill: values[added.type!]! }) });
      },
      () => {
        if (!isIndexed) columns.splice(columns.indexOf(column), 1);
      },
      () => {
        const type = otherTypes[column.type ?? ""];
        if (type === undefined) return;
        column.type = this.pick(type);
        if (column.default !== undefined) column.default = values[column.type]!;
        if (!isText(column.type)) delete column.collation;
      },
      () => {
        if (column.type === undefined || column.sparse) return;
        if (column.nullable) {
          delete column.nullable;
          column.backfill = values[column.type]!;
        } else column.nullable = true;
      },
      () => {
        const isOld = from.columns.some(({ name }) => name === column.name);
        if (isOld && !isIndexed) Object.assign(column, { renamedFrom: column.name, name: `r${this.fresh++}` });
      },
      () => {
        if (column.type === undefined || column.sparse) return;
        if (column.default === undefined) column.default = values[column.type]!;
        else delete column.default;
      },
      () => {
        if (!isText(column.type)) return;
        if (column.collation) delete column.collation;
        else column.collation = "Latin1_General_BIN2";
      },
      () => (body.indexes = named([...(body.indexes ?? []), this.index(body)])),
      () => (body.indexes = body.indexes?.slice(1)),
      () => {
        if (body.checks) delete body.checks;
        else body.checks = { CK_Random: "[Id] > -5" };
      },
      () => (body.primaryKey = { columns: ["Id"], clustered: !(body.primaryKey?.clustered ?? true) }),
      () => {
        if (body.systemVersioning) delete body.systemVersioning;
        else body.systemVersioning = this.versioning();
      },
      () => {
        if (body.systemVersioning) body.systemVersioning = this.versioning();
      },
    ];
    this.pick(changes)();
    body.columns = columns;
  }
}

/** Two indexes of the same columns would have the same name. */
function named(indexes: readonly Index[]): Index[] {
  const byName = new Map(indexes.map((index) => [index.columnstore ? "columnstore" : index.columns!.join(), index]));
  return [...byName.values()];
}

/** INSERT of rows into dbo.Random, the second one with NULL wherever it may be. */
export function insertion({ columns }: TableBody, rows: number): string {
  const given = columns.filter(({ type, identity }) => type !== undefined && !identity);
  const row = (number: number): string =>
    given
      .map(({ name, type, nullable }) =>
        name === "Id" ? String(number) : nullable && number === 2 ? "NULL" : values[type!]!,
      )
      .join(", ");
  const names = given.map(({ name }) => `[${name}]`).join(", ");
  return Array.from({ length: rows }, (_, at) => `INSERT INTO dbo.Random (${names}) VALUES (${row(at + 1)});`).join(
    "\n",
  );
}

/** A query on dbo.Random before and after a change, of what must be the same: columns that keep their type and get no other value. */
export function keptColumns(from: TableBody, to: TableBody): readonly [before: string, after: string] {
  const kept = to.columns.flatMap(({ name, type, renamedFrom, backfill }) => {
    const before = from.columns.find((column) => column.name === (renamedFrom ?? name));
    if (type === undefined || backfill !== undefined || before?.type !== type) return [];
    const shown = (column: string): string =>
      type.startsWith("varbinary") ? `CONVERT(varchar(100), [${column}], 2)` : `CAST([${column}] AS nvarchar(max))`;
    return [[`${shown(before.name)} AS [${name}]`, `${shown(name)} AS [${name}]`] as const];
  });
  const query = (at: 0 | 1): string => `SELECT ${kept.map((pair) => pair[at]).join(", ")} FROM dbo.Random ORDER BY Id;`;
  return [query(0), query(1)];
}
