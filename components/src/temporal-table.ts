/**
 * System-versioned tables by the convention of the house: 90 days of history in a columnstore index, hidden period columns, and a
 * history table called <table>History beside the table. `temporal` makes a definition for a TableSet, TemporalTable one resource.
 * https://learn.microsoft.com/sql/relational-databases/tables/temporal-tables
 */
import * as pulumi from "@pulumi/pulumi";
import * as sqlserver from "pulumi-sqlserver";
import { requireArguments, type Known } from "./arguments";

type Versioning = NonNullable<sqlserver.TableDefinition["systemVersioning"]>;

export interface TemporalPreset {
  /** How long former versions are kept, or "infinite". Default 90 days. */
  readonly retention?: Exclude<Versioning["historyRetention"], undefined>;
  /**
   * How history is stored. Default "columnstore"; "rows" where a column is of a type that columnstore cannot hold, or where
   * retention is finite and a column holds large values (max, xml).
   */
  readonly history?: "columnstore" | "columnstore-archive" | "rows";
  /** Name of the history table: "schema.name". Default the table's schema and <table>History. */
  readonly historyTable?: string;
  /** Filegroup of the history table. Default: the server puts it beside its table. */
  readonly historyFilegroup?: string;
  /** Period columns. Default ValidFrom and ValidTo, hidden, with 7 digits after the second. */
  readonly periodColumns?: Exclude<Versioning["periodColumns"], undefined>;
  /** Take over a table that exists under the name of the history table. Default false. */
  readonly adoptHistory?: boolean;
}

/** Types that a clustered columnstore index cannot hold. https://learn.microsoft.com/sql/t-sql/statements/create-columnstore-index-transact-sql */
const notInColumnstore =
  /^\s*(text|ntext|image|rowversion|timestamp|sql_variant|xml|json|hierarchyid|geometry|geography|vector)\b/i;
const large = /\(\s*max\s*\)/i;

const presetArguments: Known<TemporalPreset> = {
  retention: "optional",
  history: "optional",
  historyTable: "optional",
  historyFilegroup: "optional",
  periodColumns: "optional",
  adoptHistory: "optional",
};

/** The table, system-versioned. @throws pulumi.RunError where it has no primary key or is versioned already. */
export function temporal(table: sqlserver.TableDefinition, preset: TemporalPreset = {}): sqlserver.TableDefinition {
  requireArguments("temporal", preset, presetArguments);
  if (!table.primaryKey) throw new pulumi.RunError("a system-versioned table needs a primary key");
  if (table.systemVersioning)
    throw new pulumi.RunError("the table says systemVersioning itself; leave it out, or do not use the preset");
  const { retention = { value: 90, unit: "days" }, historyTable, historyFilegroup, adoptHistory } = preset;
  const history = preset.history ?? (fitsColumnstore(table, retention !== "infinite") ? "columnstore" : "rows");
  return {
    ...table,
    systemVersioning: {
      periodColumns: { hidden: true, ...preset.periodColumns },
      historyRetention: retention,
      ...(historyTable !== undefined && { historyTable }),
      ...(history !== "rows" && { historyIndex: "columnstore" as const }),
      ...(history === "columnstore-archive" && { historyCompression: history }),
      ...(historyFilegroup !== undefined && { historyFilegroup }),
      ...(adoptHistory !== undefined && { adoptHistory }),
    },
  };
}

function fitsColumnstore({ columns }: sqlserver.TableDefinition, ages: boolean): boolean {
  return columns.every(
    ({ type = "", sparse }) => sparse !== true && !notInColumnstore.test(type) && !(ages && large.test(type)),
  );
}

export interface TemporalTableArgs extends TemporalPreset {
  readonly server: string;
  /** The Database resource, or the name of a database. */
  readonly database: sqlserver.DatabaseReference;
  /** Default "dbo". */
  readonly schema?: string;
  readonly name: string;
  /** Columns, keys and indexes, without the period columns. */
  readonly table: sqlserver.TableDefinition;
  /** Hazards that are accepted, as "data-loss:dbo.OrdersHistory". */
  readonly allow?: readonly string[];
  /** Take over a table that exists already. Default false. */
  readonly adopt?: boolean;
  /** What must be there first: the tables that its foreign keys refer to, and what only a name refers to. */
  readonly after?: readonly pulumi.Resource[];
}

export class TemporalTable extends pulumi.ComponentResource {
  /** The table for FROM: [dbo].[Orders]; FOR SYSTEM_TIME after it reads former versions. */
  readonly qualifiedName: pulumi.Output<string>;
  /** "dbo.OrdersHistory": what a consent names. */
  readonly historyTable: string;
  readonly table: sqlserver.Table;

  constructor(name: string, args: TemporalTableArgs, options?: pulumi.ComponentResourceOptions) {
    super("sqlserver:components:TemporalTable", name, {}, options);
    requireArguments(`TemporalTable "${name}"`, args, {
      ...presetArguments,
      server: "required",
      database: "required",
      schema: "optional",
      name: "required",
      table: "required",
      after: "optional",
      allow: "optional",
      adopt: "optional",
    });
    const { server, database, schema, name: tableName, table, allow, adopt, after, ...preset } = args;
    this.historyTable = args.historyTable ?? `${schema ?? "dbo"}.${tableName}History`;
    this.table = new sqlserver.Table(
      name,
      {
        server,
        database,
        ...(schema !== undefined && { schema }),
        name: tableName,
        ...temporal(table, preset),
        ...(allow && { allow: [...allow] }),
        ...(adopt !== undefined && { adopt }),
      },
      // What lies in a database goes with it, and need not be taken out of it first.
      {
        parent: this,
        ...(pulumi.Resource.isInstance(database) && { deletedWith: database }),
        ...(after && { dependsOn: [...after] }),
      },
    );
    this.qualifiedName = this.table.qualifiedName;
    this.registerOutputs({ qualifiedName: this.qualifiedName, historyTable: this.historyTable });
  }
}
