/**
 * ALTER ASSEMBLY. Rules: reference sheet "CLR assemblies" 3.
 * https://learn.microsoft.com/sql/t-sql/statements/alter-assembly-transact-sql
 */
import { isServersOwn } from "../../clr/framework";
import { clrName, compareVersions, isSameAssembly, meets } from "../../clr/identity";
import { boundNames, contentOf, imageOf, referrersOf } from "../../clr/registered";
import type { AssemblyImage } from "../../clr/assembly-image";
import type { AlterAssembly } from "../../language/ast-clr";
import { databaseIdentity } from "../../security/identity";
import { sqlError } from "../../session/messages";
import type { Execution } from "../../session/runtime";
import type { Assembly } from "../../storage/model-clr";
import { now } from "../../types/date-time";
import { dataDependents, markUnchecked } from "./data-dependents";
import { requireAssembly } from "./owned";
import { bytesOf, readSource, requireAcceptable, requireName, requirePermissionSet, type Source } from "./source";
import { requireUpgradable } from "./upgrade";

const MAXIMUM_FILE_NAME = 260;

export function alterAssembly(statement: AlterAssembly, execution: Execution): void {
  const { database } = execution.frame;
  const { transaction } = execution.session;
  const assembly = requireAssembly(statement.name, "alter", "ALTER", execution);
  const { options } = statement;
  const set = options.find((one) => one.kind === "permission-set")?.set ?? assembly.permissionSet;
  const visibility = options.find((one) => one.kind === "visibility")?.on;
  const unchecked = options.some((one) => one.kind === "unchecked-data");
  // Both the old and the new set ask for their permission.
  requirePermissionSet(set, assembly.name, execution);
  if (assembly.permissionSet !== set) requirePermissionSet(assembly.permissionSet, assembly.name, execution);
  if (unchecked && databaseIdentity(execution.session, database)?.isDbo !== true) throw sqlError(6281);
  const source = statement.source && readSource(statement.source, 1, "ALTER", assembly.name, execution);
  if (source) replaceContent(assembly, source, set, unchecked, execution);
  else if (set !== assembly.permissionSet)
    requireAcceptable(
      { content: contentOf(assembly), image: imageOf(assembly), hash: assembly.hash },
      set,
      "ALTER",
      execution,
    );
  transaction.set(assembly, "permissionSet", set);
  if (visibility === false) {
    const bound = boundNames(database, assembly.id)[0];
    if (bound !== undefined) throw sqlError(6284, [bound]);
  }
  if (visibility !== undefined) transaction.set(assembly, "visible", visibility);
  changeFiles(assembly, statement, execution);
  transaction.set(assembly, "modified", now());
}

function replaceContent(
  assembly: Assembly,
  source: Source,
  set: Assembly["permissionSet"],
  unchecked: boolean,
  execution: Execution,
): void {
  const { database } = execution.frame;
  const { transaction } = execution.session;
  const before = imageOf(assembly);
  const after = source.image;
  for (const other of database.assemblies.values())
    if (imageOf(other).mvid === after.mvid) throw sqlError(6285, ["ALTER", other.name]);
  const isLower = before.publicKeyToken !== "" && compareVersions(after, before) < 0;
  if (!isSameAssembly(before, after) || isLower) throw sqlError(6579, [clrName(before), clrName(after)]);
  if (assembly.files.length > 1) throw sqlError(6541, [assembly.name]);
  requireName(after, execution);
  requireAcceptable(source, set, "ALTER", execution);
  requireSameReferences(before, after);
  // Those that refer to it name the version that they were built against.
  const left = referrersOf(database, assembly.id).find(
    (one) => !imageOf(one).references.some((reference) => meets(reference, after)),
  );
  if (left) throw sqlError(6529, [assembly.name]);
  requireUpgradable(assembly, after, database);
  const dependents = dataDependents(assembly, database);
  if (dependents.length > 0) {
    if (!unchecked) throw sqlError(6280, [dependents[0]!.name]);
    markUnchecked(dependents, execution);
  }
  transaction.set(assembly, "files", [{ ...assembly.files[0]!, content: source.content }]);
  transaction.set(assembly, "hash", source.hash);
}

/** Throws 6282 and 6529. The server's framework may come and go: it has no rows in the catalog. */
function requireSameReferences(before: AssemblyImage, after: AssemblyImage): void {
  const uploaded = ({ references }: AssemblyImage) => references.filter((one) => !isServersOwn(one.name));
  const names = (image: AssemblyImage): string =>
    uploaded(image)
      .map(({ name }) => name.toLowerCase())
      .sort()
      .join("|");
  if (names(before) !== names(after)) throw sqlError(6282);
  for (const reference of uploaded(after))
    if (!uploaded(before).some((one) => meets(reference, one))) throw sqlError(6529, [reference.name]);
}

/** DROP FILE comes before ADD FILE. Throws 6250, 6251, 6252, 6217, 6236 and 6249. */
function changeFiles(assembly: Assembly, statement: AlterAssembly, execution: Execution): void {
  const { database } = execution.frame;
  const { dropFiles, addFiles } = statement;
  if (!dropFiles && addFiles.length === 0) return;
  const find = (name: string) =>
    assembly.files.find((file) => file.id > 1 && database.key(file.name) === database.key(name));
  let files = [...assembly.files];
  if (dropFiles === "all") files = files.filter((file) => file.id === 1);
  else
    for (const name of dropFiles ?? []) {
      const gone = find(name);
      if (!gone) throw sqlError(6250, [assembly.name, name]);
      files = files.filter((file) => file !== gone);
    }
  addFiles.forEach(({ source, name }, i) => {
    const content = bytesOf(source, execution, "ALTER ASSEMBLY ... ADD FILE");
    if (!content) throw sqlError(6251, [i + 1]);
    if (name === undefined) throw sqlError(6252, [i + 1]);
    if (content.length === 0) throw sqlError(6217, [name]);
    if (name.length > MAXIMUM_FILE_NAME) throw sqlError(6236, ["ALTER", name]);
    if (files.some((file) => database.key(file.name) === database.key(name)))
      throw sqlError(6249, [name, assembly.name]);
    files.push({ id: Math.max(...files.map((file) => file.id)) + 1, name, content });
  });
  execution.session.transaction.set(assembly, "files", files);
}
