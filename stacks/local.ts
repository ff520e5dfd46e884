/** The reference database on the server "local": the twin of `npm run up`, or any server that SQLSERVER_LOCAL names. */
import * as sqlserver from "pulumi-sqlserver";
import { database as name, filegroups, moduleDirectory, schemas, tables } from "../sql/hartonomous";

const server = "local";

const database = new sqlserver.Database("hartonomous", {
  server,
  name,
  recoveryModel: "SIMPLE",
  readCommittedSnapshot: true,
  pageVerify: "CHECKSUM",
  queryStore: { mode: "READ_WRITE", captureMode: "AUTO", maxStorageSizeMb: 256 },
});

/** What goes with the database need not be taken out of it first. */
const inside = { deletedWith: database };

const places = [
  ...filegroups.map(
    (filegroup) =>
      new sqlserver.Filegroup(
        filegroup,
        { server, database, name: filegroup, files: [{ name: `${name}_${filegroup}_1`, sizeMb: 64, growthMb: 64 }] },
        inside,
      ),
  ),
  ...schemas.map((schema) => new sqlserver.Schema(schema, { server, database, name: schema }, inside)),
];

const tableSet = new sqlserver.TableSet("tables", { server, database, tables }, { ...inside, dependsOn: places });

const modules = new sqlserver.ProcedureBundle(
  "modules",
  { server, database, directory: moduleDirectory },
  { ...inside, dependsOn: tableSet },
);

export const connection = { server, database: database.name };
export const serviceBrokerGuid = database.serviceBrokerGuid;
export const tableCount = tableSet.tables.apply((deployed) => Object.keys(deployed).length);
export const moduleCount = modules.moduleCount;
