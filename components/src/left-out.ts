/** What of a database a host cannot have. Pure, so that a plan of hosts can be tested without any. */
import type { TableDefinition } from "pulumi-sqlserver";
import type { DatabaseDefinition } from "./database-definition";
import { whyLacking, type HostProfile } from "./host-profile";

export interface LeftOut {
  /** "filegroup Payloads", "table dbo.Payload", "assembly Files", "check ...". */
  readonly what: string;
  readonly why: string;
}

export interface Fitted {
  readonly definition: Omit<DatabaseDefinition, "schemas"> & { readonly schemas: readonly string[] };
  readonly leftOut: readonly LeftOut[];
}

type Dropped = (name: string) => string | undefined;

/** The definition without what the host cannot have, and the reason for each part. */
export function fitToHost(definition: DatabaseDefinition, host: HostProfile): Fitted {
  const { filegroups = {}, schemas = [], tables = {}, temporalTables, assemblies = {}, verification } = definition;
  const leftOut: LeftOut[] = [];
  const kept = <T>(
    sort: string,
    record: Readonly<Record<string, T>>,
    why: (part: T, name: string) => string | undefined,
  ): Record<string, T> =>
    Object.fromEntries(
      Object.entries(record).filter(([name, part]) => {
        const reason = why(part, name);
        if (reason !== undefined) leftOut.push({ what: `${sort} ${name}`, why: reason });
        return reason === undefined;
      }),
    );

  const noFilestream = whyLacking(host, "filestream");
  const noUnsafeClr = whyLacking(host, "unsafeClr");
  const groups = kept("filegroup", filegroups, ({ contains }) =>
    contains === "filestream" ? noFilestream : undefined,
  );
  const filegroupIsGone: Dropped = (name) =>
    Object.hasOwn(filegroups, name) && !Object.hasOwn(groups, name) ? `its filegroup ${name} is left out` : undefined;
  return {
    definition: {
      ...definition,
      filegroups: groups,
      schemas: schemas.flatMap((schema) => {
        if (typeof schema === "string") return [schema];
        const why = whyLacking(host, schema.needs);
        if (why !== undefined) leftOut.push({ what: `schema ${schema.name}`, why });
        return why === undefined ? [schema.name] : [];
      }),
      tables: kept("table", tables, (table) => whyNoTable(table, filegroupIsGone, noFilestream)),
      ...(temporalTables && {
        temporalTables: kept("table", temporalTables, ({ table }) => whyNoTable(table, filegroupIsGone, noFilestream)),
      }),
      assemblies: kept("assembly", assemblies, ({ permissionSet = "SAFE" }) =>
        permissionSet !== "SAFE" && noUnsafeClr !== undefined
          ? `it needs PERMISSION_SET = ${String(permissionSet)}: ${noUnsafeClr}`
          : undefined,
      ),
      ...(verification === undefined
        ? {}
        : {
            verification: {
              ...verification,
              checks: (verification.checks ?? []).filter(({ name, needs }) => {
                const why = needs === undefined ? undefined : whyLacking(host, needs);
                if (why !== undefined) leftOut.push({ what: `check "${name}"`, why });
                return why === undefined;
              }),
            },
          }),
    },
    leftOut,
  };
}

function whyNoTable(
  table: TableDefinition,
  filegroupIsGone: Dropped,
  noFilestream: string | undefined,
): string | undefined {
  for (const filegroup of [table.filestreamFilegroup, table.filegroup, table.textFilegroup]) {
    const why = filegroup === undefined ? undefined : filegroupIsGone(filegroup);
    if (why !== undefined) return `${why}: ${noFilestream}`;
  }
  const column = table.columns.find(({ filestream }) => filestream === true);
  return column === undefined || noFilestream === undefined ? undefined : `column ${column.name}: ${noFilestream}`;
}
