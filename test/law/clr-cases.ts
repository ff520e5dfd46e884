/**
 * Cases of assemblies and of what is bound to them. The second build is the first one with bytes exchanged: another MVID, and a method
 * that has another name, so that no compiler is needed.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { createHash } from "node:crypto";
import { readAssembly } from "../../provider/src/clr/read-assembly";
import type { Case } from "./cases";

const root = join(__dirname, "..", "..");
const path = (...parts: string[]): string => relative(process.cwd(), join(root, ...parts)).replaceAll("\\", "/");

export const vectors = path("sql", "clr", "bin", "Hartonomous.Clr.dll");
export const files = path("sql", "clr", "bin", "Hartonomous.Files.dll");

/** A build with another MVID; `rename` exchanges names of equal length in the heap of names. */
function variant(file: string, name: string, rename: Readonly<Record<string, string>> = {}): string {
  const bytes = Buffer.from(readFileSync(file));
  const groups = readAssembly(bytes).mvid.split("-").map((group) => Buffer.from(group, "hex")); // prettier-ignore
  for (const group of groups.slice(0, 3)) group.reverse();
  bytes[bytes.indexOf(Buffer.concat(groups))]! ^= 0xff;
  for (const [from, to] of Object.entries(rename)) {
    const at = bytes.indexOf(Buffer.from(`\0${from}\0`));
    if (at < 0 || from.length !== to.length) throw new RangeError(`${from} does not become ${to}`);
    bytes.write(to, at + 1);
  }
  const directory = join(root, ".local", "law", name);
  mkdirSync(directory, { recursive: true });
  const target = join(directory, file.split("/").at(-1)!);
  writeFileSync(target, bytes);
  return relative(process.cwd(), target).replaceAll("\\", "/");
}

export const second = variant(vectors, "second");
/** The method behind VectorNorm has gone, and another has come. */
export const renamed = variant(vectors, "renamed", { Norm: "Size" });

/** What a person does to have an assembly in a database. */
export function deployed(file: string, name = "Hartonomous.Clr", permissionSet = "SAFE"): string {
  const bytes = readFileSync(file);
  const hash = createHash("sha512").update(bytes).digest("hex").toUpperCase();
  return `IF NOT EXISTS (SELECT 1 FROM sys.trusted_assemblies WHERE hash = 0x${hash}) EXEC sys.sp_add_trusted_assembly @hash = 0x${hash}; CREATE ASSEMBLY [${name}] FROM 0x${bytes.toString("hex")} WITH PERMISSION_SET = ${permissionSet};`;
}

const hostile = "it's a [bad] name] select 🚀";
const functions = "Hartonomous.Clr.VectorFunctions";
const dot = { name: "Dot", class: functions, method: "Dot" };

export const clrCases: readonly Case[] = [
  { kind: "ClrAssembly", title: "an assembly that gets a new build", before: { name: "Hartonomous.Clr", file: vectors }, after: { name: "Hartonomous.Clr", file: second } },
  {
    kind: "ClrAssembly",
    title: "an assembly with a hostile name and an owner",
    given: "CREATE USER app WITHOUT LOGIN;",
    before: { name: hostile, file: vectors, authorization: "dbo" },
    after: { name: hostile, file: vectors, authorization: "app" },
  },
  { kind: "ClrAssembly", title: "an assembly in a case-sensitive database", before: { name: "hartonomous.CLR", file: vectors }, collation: "Latin1_General_100_CS_AS" },
  { kind: "ClrBindings", title: "everything that the attributes of an assembly say", given: deployed(vectors), before: { assembly: "Hartonomous.Clr", file: vectors } },
  {
    kind: "ClrBindings",
    title: "functions that change their parameters, options, method and kind",
    given: deployed(vectors),
    before: {
      assembly: "Hartonomous.Clr",
      file: vectors,
      fromAttributes: false,
      functions: [dot, { name: "Size", class: functions, method: "Dimensions" }, { name: "Kind", class: functions, method: "Norm" }],
    },
    after: {
      assembly: "Hartonomous.Clr",
      file: vectors,
      fromAttributes: false,
      functions: [
        { ...dot, nullOnNullInput: true, parameters: [{ name: "@a", type: "varbinary(8000)" }, { name: "@b", type: "varbinary(8000)", default: "NULL" }] },
        { name: "Size", class: functions, method: "Norm", executeAs: "OWNER" },
        { name: "Kind", class: "Hartonomous.Clr.TableFunctions", method: "Elements", columns: [{ name: "Position", type: "int" }, { name: "Value", type: "real" }] },
      ],
    },
  },
  {
    kind: "ClrBindings",
    title: "bindings of which some go and others come",
    given: deployed(vectors),
    before: { assembly: "Hartonomous.Clr", file: vectors, fromAttributes: [`${functions}.Dot`, `${functions}.Norm`, "Hartonomous.Clr.NumberRange"] },
    after: { assembly: "Hartonomous.Clr", file: vectors, fromAttributes: [`${functions}.Dot`, `${functions}.Describe`, "Hartonomous.Clr.VectorAverage"] },
    allow: ["data-loss:*"],
  },
  {
    kind: "ClrBindings",
    title: "a binding with hostile names in a case-sensitive database",
    given: `${deployed(vectors, "Vectors]")}`.replace("[Vectors]]", "[Vectors]]]"),
    before: { assembly: "Vectors]", file: vectors, fromAttributes: false, functions: [{ ...dot, name: hostile }, { ...dot, name: hostile.toUpperCase(), method: "CosineDistance" }] },
    collation: "Latin1_General_100_CS_AS",
  },
]; // prettier-ignore

/** On Windows only. */
export const unsafeCases: readonly Case[] = [
  {
    kind: "ClrAssembly",
    title: "an UNSAFE assembly by consent",
    before: { name: "Hartonomous.Files", file: files, permissionSet: "UNSAFE" },
    allow: ["unsafe-code:Hartonomous.Files", "data-loss:*"],
  },
  {
    kind: "ClrAssembly",
    title: "an assembly that changes its permission set",
    before: { name: "Hartonomous.Clr", file: vectors },
    after: { name: "Hartonomous.Clr", file: vectors, permissionSet: "EXTERNAL_ACCESS" },
    allow: ["unsafe-code:Hartonomous.Clr"],
  },
];
