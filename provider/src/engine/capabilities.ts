/** What a server can do and its login may do: read once, checked at preview with the reason. Pure. */
import type { ServerRow } from "./snapshot/server";

export interface Capabilities {
  /** 15 = 2019, 16 = 2022, 17 = 2025. */
  readonly majorVersion: number;
  readonly edition: string;
  readonly platform: "linux" | "windows";
  /** "server" is SQL Server itself; the Azure flavours have no files and fewer options. */
  readonly flavor: "server" | "managed-instance" | "azure-sql-database";
  /** Highest compatibility level: 150, 160, 170. */
  readonly maximumCompatibilityLevel: number;
  /** FILESTREAM can be used: Windows, and the access level is above 0. */
  readonly filestream: boolean;
  /** Permission sets of CLR assemblies: on Linux only SAFE. */
  readonly clrPermissionSets: readonly ("SAFE" | "EXTERNAL_ACCESS" | "UNSAFE")[];
  readonly isSysadmin: boolean;
  readonly canCreateDatabase: boolean;
  readonly login: string;
}

export function capabilities(server: ServerRow): Capabilities {
  const platform = server.hostPlatform.toLowerCase() === "linux" ? "linux" : "windows";
  const flavor =
    server.engineEdition === 5 ? "azure-sql-database" : server.engineEdition === 8 ? "managed-instance" : "server";
  return {
    majorVersion: server.majorVersion,
    edition: server.edition,
    platform,
    flavor,
    maximumCompatibilityLevel: server.majorVersion * 10,
    filestream: platform === "windows" && flavor === "server" && server.filestreamLevel > 0,
    clrPermissionSets:
      platform === "windows" && flavor !== "azure-sql-database" ? ["SAFE", "EXTERNAL_ACCESS", "UNSAFE"] : ["SAFE"],
    isSysadmin: server.isSysadmin,
    canCreateDatabase: server.canCreateDatabase,
    login: server.login,
  };
}
