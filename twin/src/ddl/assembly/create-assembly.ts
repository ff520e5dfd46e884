/**
 * CREATE ASSEMBLY: the root and, out of the further values, what it refers to. Rules: reference sheet "CLR assemblies" 2, 5, 6 and 8.
 * https://learn.microsoft.com/sql/t-sql/statements/create-assembly-transact-sql
 */
import type { AssemblyIdentity } from "../../clr/assembly-image";
import { isServersOwn, SYSTEM_ASSEMBLY } from "../../clr/framework";
import { compareVersions, identityText, isSameAssembly, meets } from "../../clr/identity";
import { findAssembly, imageOf } from "../../clr/registered";
import type { CreateAssembly } from "../../language/ast-clr";
import { databaseIdentity } from "../../security/identity";
import { holds } from "../../security/permissions";
import { sqlError } from "../../session/messages";
import "../../session/messages/clr";
import type { Execution } from "../../session/runtime";
import type { Database } from "../../storage/model";
import type { Assembly } from "../../storage/model-clr";
import { now } from "../../types/date-time";
import { findPrincipal } from "../schema";
import { readSource, requireAcceptable, requireName, requirePermissionSet, type Source } from "./source";

export function createAssembly(statement: CreateAssembly, execution: Execution): void {
  const { session } = execution;
  const { database } = execution.frame;
  session.demand("CREATE ASSEMBLY", { kind: "database", database });
  const permissionSet = statement.permissionSet ?? "SAFE";
  const principalId = ownerOf(statement, execution);
  if (findAssembly(database, statement.name) || isSystemName(database, statement.name))
    throw sqlError(6246, [statement.name, database.name]);
  requirePermissionSet(permissionSet, statement.name, execution);
  const [root, ...offered] = statement.sources.map((source, i) =>
    readSource(source, i + 1, "CREATE", statement.name, execution),
  );
  const registration = new Registration(offered, principalId, permissionSet, execution);
  registration.add(root!, statement.name, true);
}

export function isSystemName(database: Database, name: string): boolean {
  return database.key(name) === database.key(SYSTEM_ASSEMBLY.name);
}

function ownerOf(statement: CreateAssembly, execution: Execution): number {
  const { session } = execution;
  const { database } = execution.frame;
  if (statement.authorization === undefined) return session.user.id;
  const owner = findPrincipal(database, statement.authorization);
  if (!owner) throw sqlError(6242, [statement.authorization]);
  const may =
    databaseIdentity(session, database)?.ids.has(owner.id) === true ||
    (owner.type === "R"
      ? holds(session, "ALTER", { class: "ROLE", database, id: owner.id })
      : holds(session, "IMPERSONATE", { class: "USER", database, id: owner.id }));
  if (!may) throw sqlError(15151, ["find", "user", statement.authorization]);
  return owner.id;
}

class Registration {
  private readonly database: Database;

  constructor(
    private readonly offered: readonly Source[],
    private readonly principalId: number,
    private readonly permissionSet: Assembly["permissionSet"],
    private readonly execution: Execution,
  ) {
    this.database = execution.frame.database;
  }

  /** Registers what it refers to first. */
  add(source: Source, name: string, visible: boolean): Assembly {
    const { database } = this;
    const { image } = source;
    requireName(image, this.execution);
    requireUnknown(source, database);
    requireAcceptable(source, this.permissionSet, "CREATE", this.execution);
    const referencedIds: number[] = [];
    for (const reference of image.references) {
      const found = this.resolve(reference, source);
      if (found) referencedIds.push(found.id);
    }
    const { transaction } = this.execution.session;
    const id = database.nextAssemblyId;
    transaction.set(database, "nextAssemblyId", id + 1);
    const time = now();
    const assembly: Assembly = {
      id,
      name,
      principalId: this.principalId,
      permissionSet: this.permissionSet,
      visible,
      created: time,
      modified: time,
      files: [{ id: 1, name, content: source.content }],
      hash: source.hash,
      referencedIds,
    };
    transaction.put(database.assemblies, id, assembly);
    return assembly;
  }

  /** undefined: it is in the server's framework. Throws 6548, 6286 and 6503. */
  private resolve(reference: AssemblyIdentity, from: Source): Assembly | undefined {
    if (isServersOwn(reference.name)) return undefined;
    const known = [...this.database.assemblies.values()].filter((one) => isSameAssembly(reference, imageOf(one)));
    const fitting = known.find((one) => meets(reference, imageOf(one)));
    if (fitting) {
      if (fitting.principalId !== this.principalId) throw sqlError(6548, [fitting.name]);
      return fitting;
    }
    if (known[0]) throw sqlError(6286, ["CREATE", known[0].name, from.image.name]);
    const source = this.offered.find((one) => meets(reference, one.image));
    if (!source) throw sqlError(6503, [identityText(reference)]);
    const name = source.image.name;
    if (findAssembly(this.database, name)) throw sqlError(6246, [name, this.database.name]);
    return this.add(source, name, false);
  }
}

/** Throws 6285 and 10326. */
function requireUnknown({ image }: Source, database: Database): void {
  for (const other of database.assemblies.values())
    if (imageOf(other).mvid === image.mvid) throw sqlError(6285, ["CREATE", other.name]);
  for (const other of database.assemblies.values()) {
    const known = imageOf(other);
    if (isSameAssembly(known, image) && compareVersions(known, image) !== 0)
      throw sqlError(10326, [image.name, database.name]);
  }
}
