/**
 * pulumi-sqlserver: one class for each kind of object in a SQL Server. Every class takes `server`, a name in the secret
 * configuration `sqlserver:servers`, and shows its T-SQL as the property `plan` in `pulumi preview --diff`.
 */
import type * as pulumi from "@pulumi/pulumi";
import type { BundleInputs } from "./kinds/bundle/inputs";
import type { DatabaseInputs } from "./kinds/database/inputs";
import type { FilegroupInputs } from "./kinds/filegroup/inputs";
import type { SchemaInputs } from "./kinds/schema";
import type { TableBody, TableInputs, TableSetInputs } from "./kinds/table/inputs";
import { SqlServerResource, type ArgumentsOf, type DatabaseResource } from "./resource";

export type DatabaseArgs = ArgumentsOf<DatabaseInputs>;
export type FilegroupArgs = ArgumentsOf<FilegroupInputs>;
export type SchemaArgs = ArgumentsOf<SchemaInputs>;
export type TableSetArgs = ArgumentsOf<TableSetInputs>;
export type TableArgs = ArgumentsOf<TableInputs>;
export type ProcedureBundleArgs = ArgumentsOf<BundleInputs>;
/** One table of a TableSet, as plain data. */
export type TableDefinition = TableBody;

/**
 * A database: options, primary data files and log. An option that is not given is left alone. Deleting it needs the consent
 * `data-loss:<name>`. https://learn.microsoft.com/sql/t-sql/statements/create-database-transact-sql
 */
export class Database extends SqlServerResource implements DatabaseResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly databaseId: pulumi.Output<number>;
  declare readonly serviceBrokerGuid: pulumi.Output<string>;
  readonly databaseName: pulumi.Input<string>;

  constructor(name: string, args: DatabaseArgs, options?: pulumi.CustomResourceOptions) {
    super("Database", name, args, options);
    this.databaseName = args.name;
  }
}

/**
 * A filegroup with its files, for rows, FILESTREAM or memory-optimized data.
 * https://learn.microsoft.com/sql/relational-databases/databases/database-files-and-filegroups
 */
export class Filegroup extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly dataSpaceId: pulumi.Output<number>;
  declare readonly filePaths: pulumi.Output<string[]>;

  constructor(name: string, args: FilegroupArgs, options?: pulumi.CustomResourceOptions) {
    super("Filegroup", name, args, options);
  }
}

/** A schema and its owner. https://learn.microsoft.com/sql/t-sql/statements/create-schema-transact-sql */
export class Schema extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly schemaId: pulumi.Output<number>;
  declare readonly schemaOwner: pulumi.Output<string>;

  constructor(name: string, args: SchemaArgs, options?: pulumi.CustomResourceOptions) {
    super("Schema", name, args, options);
  }
}

/**
 * Many tables with one plan: foreign keys in any order and in cycles, and a type changed on both sides of a key.
 * https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql
 */
export class TableSet extends SqlServerResource {
  declare readonly tables: pulumi.Output<Record<string, TableDefinition>>;

  constructor(name: string, args: TableSetArgs, options?: pulumi.CustomResourceOptions) {
    super("TableSet", name, args, options);
  }
}

/** One table: the TableSet of one. https://learn.microsoft.com/sql/t-sql/statements/create-table-transact-sql */
export class Table extends SqlServerResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly columns: pulumi.Output<TableDefinition["columns"]>;

  constructor(name: string, args: TableArgs, options?: pulumi.CustomResourceOptions) {
    super("Table", name, args, options);
  }
}

/**
 * A directory of .sql files with procedures, functions, views, triggers, types, synonyms and sequences, deployed in the
 * order of their references; only what changed runs. https://learn.microsoft.com/sql/t-sql/statements/create-procedure-transact-sql
 */
export class ProcedureBundle extends SqlServerResource {
  declare readonly directory: pulumi.Output<string | string[]>;
  declare readonly moduleCount: pulumi.Output<number>;

  constructor(name: string, args: ProcedureBundleArgs, options?: pulumi.CustomResourceOptions) {
    super("ProcedureBundle", name, args, options);
  }
}

export { SqlServerResource, type Argument, type DatabaseReference, type DatabaseResource } from "./resource";
