/** Components composed from the kinds of pulumi-sqlserver. */
export { DockerSqlServer, type DockerSqlServerArgs } from "./docker-sql-server";
