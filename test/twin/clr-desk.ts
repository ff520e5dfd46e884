/** Servers with assemblies, and assemblies changed by a few bytes, for the tests of CLR on the twin. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readAssembly } from "../../twin/src/clr/assembly-image";
import type { StandIns } from "../../twin/src/clr/stand-ins";
import { createEngine, setSaPassword, type SqlServerEngine } from "../../twin/src/session/engine";
import type { SessionPort } from "../../twin/src/session/port";
import { createServer } from "../../twin/src/storage/bootstrap";
import { type Collector, loginAs, must, PASSWORD, query } from "./collector";

const binaries = join(__dirname, "..", "..", "sql", "clr", "bin");

/** The assemblies of the reference database. */
export const VECTORS = readFileSync(join(binaries, "Hartonomous.Clr.dll"));
export const FILES = readFileSync(join(binaries, "Hartonomous.Files.dll"));

export function literal(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

export function hashLiteral(bytes: Uint8Array): string {
  return `0x${createHash("sha512").update(bytes).digest("hex")}`;
}

/** Equal lengths; at least one place must be there. */
function replaceBytes(bytes: Buffer, from: Buffer, to: Buffer): void {
  let at = bytes.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`nothing to replace: ${from.toString("latin1")}`);
  for (; at >= 0; at = bytes.indexOf(from, at + 1)) to.copy(bytes, at);
}

/** As a compiler would make it again: the same, with another MVID. */
export function rebuilt(bytes: Uint8Array, tag = 1): Buffer {
  const copy = Buffer.from(bytes);
  const guid = Buffer.from(readAssembly(bytes).mvid.replaceAll("-", ""), "hex");
  guid.subarray(0, 4).reverse();
  guid.subarray(4, 6).reverse();
  guid.subarray(6, 8).reverse();
  const other = Buffer.from(guid);
  other[15] = other[15]! ^ tag;
  replaceBytes(copy, guid, other);
  return copy;
}

/** The same with another name of the same length in place of a name. */
export function renamed(bytes: Uint8Array, from: string, to: string): Buffer {
  const copy = rebuilt(bytes);
  replaceBytes(copy, Buffer.from(`\0${from}\0`), Buffer.from(`\0${to}\0`));
  return copy;
}

/** The same with another text in an attribute. */
export function reattributed(bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Buffer {
  const copy = rebuilt(bytes);
  replaceBytes(copy, Buffer.from(from), Buffer.from(to));
  return copy;
}

export function attributeText(text: string, ...after: number[]): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text), Buffer.from(after)]);
}

export interface ClrDesk {
  readonly engine: SqlServerEngine;
  readonly session: SessionPort;
  run(sql: string): Promise<Collector>;
  errors(sql: string): Promise<number[]>;
  texts(sql: string): Promise<string[]>;
  rows(sql: string): Promise<unknown[][]>;
  trust(...assemblies: Uint8Array[]): Promise<void>;
  as(user: string): Promise<ClrDesk>;
}

function deskOf(engine: SqlServerEngine, session: SessionPort): ClrDesk {
  const desk: ClrDesk = {
    engine,
    session,
    run: (sql) => must(session, sql),
    errors: async (sql) => (await query(session, sql)).numbers,
    texts: async (sql) => (await query(session, sql)).errors.map(({ message }) => message),
    rows: async (sql) => (await must(session, sql)).rows,
    trust: async (...assemblies) => {
      for (const bytes of assemblies) await must(session, `EXEC sys.sp_add_trusted_assembly ${hashLiteral(bytes)}`);
    },
    as: async (user) => {
      const other = await loginAs(engine, { user });
      await must(other, "USE desk");
      return deskOf(engine, other);
    },
  };
  return desk;
}

export async function openClrDesk(
  settings: { platform?: "linux" | "windows"; clr?: StandIns; enabled?: boolean } = {},
): Promise<ClrDesk> {
  const server = createServer({
    platform: settings.platform ?? "linux",
    version: "2022",
    edition: "Developer",
    collation: "SQL_Latin1_General_CP1_CI_AS",
    name: "TWIN",
  });
  setSaPassword(server, PASSWORD);
  const engine = createEngine(server, settings.clr ? { clr: settings.clr } : {});
  const session = await loginAs(engine);
  await must(session, "CREATE DATABASE desk");
  await must(session, "USE desk");
  if (settings.enabled ?? true) await must(session, "EXEC sp_configure 'clr enabled', 1; RECONFIGURE");
  return deskOf(engine, session);
}

export const FUNCTION = (name: string, method: string, parameters = "@v varbinary(max)", returns = "float"): string =>
  `CREATE FUNCTION dbo.${name} (${parameters}) RETURNS ${returns} AS EXTERNAL NAME [Hartonomous.Clr].[Hartonomous.Clr.VectorFunctions].${method}`;
