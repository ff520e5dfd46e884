/**
 * Metadata visibility: a user sees what it owns or has some permission on.
 * https://learn.microsoft.com/sql/relational-databases/security/metadata-visibility-configuration
 */
import { databaseIdentity, loginIds, serverIdentity, type DatabaseIdentity } from "../security/identity";
import { ownerOf, schemaOwner, typeOwner } from "../security/ownership";
import { classIds } from "../security/permission-hierarchy";
import { holds, type BrokerClass } from "../security/permissions";
import { sqlError } from "../session/messages";
import type { Session } from "../session/runtime";
import type { Assembly } from "../storage/model-clr";
import type { Database, DbObject, Login, Principal, UserType } from "../storage/model";

const COMMON = ["VIEW DEFINITION", "ALTER", "CONTROL", "TAKE OWNERSHIP"];
const ON_DATA = [...COMMON, "SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "VIEW CHANGE TRACKING"];
const ON_CODE = [...COMMON, "EXECUTE"];
const TEXT = ["VIEW DEFINITION"];
const CODE = new Set(["P ", "FN", "PC", "FS", "AF"]);

export class Visibility {
  /** VIEW DEFINITION on the database: nothing is hidden. */
  readonly everything: boolean;
  private readonly identity: DatabaseIdentity;
  private readonly granted = new Set<string>();
  private readonly denied = new Set<string>();
  private readonly schemas = new Map<string, boolean>();

  /** Throws 916 when the session cannot enter the database. */
  constructor(
    private readonly session: Session,
    private readonly database: Database,
  ) {
    const identity = databaseIdentity(session, database);
    if (!identity) throw sqlError(916, [session.effectiveLogin.name, database.name]);
    this.identity = identity;
    this.everything = identity.isDbo || holds(session, "VIEW DEFINITION", { class: "DATABASE", database });
    for (const row of database.permissions) {
      if (!identity.ids.has(row.granteeId)) continue;
      const key = `${row.classId}.${row.majorId}`;
      if (row.state === "G" || row.state === "W") this.granted.add(key);
      else if (row.state === "D" && row.minorId === 0 && (row.name === "VIEW DEFINITION" || row.name === "CONTROL"))
        this.denied.add(key);
    }
  }

  /** Constraints, triggers and the objects behind types follow what they belong to. */
  object(object: DbObject): boolean {
    if (this.everything && this.denied.size === 0) return true;
    if (object.parentId !== 0) {
      const parent = this.database.objects.get(object.parentId);
      if (parent) return this.object(parent);
    }
    if (object.type === "TT") {
      const type = this.database.types.get(object.userTypeId);
      return type !== undefined && this.type(type);
    }
    const key = `1.${object.id}`;
    if (this.identity.ids.has(ownerOf(this.database, object))) return true;
    if (this.denied.has(key)) return false;
    return (
      this.everything ||
      this.granted.has(key) ||
      this.insideSchema(object.schemaId, CODE.has(object.type) ? ON_CODE : ON_DATA)
    );
  }

  /** The text of a module or constraint needs VIEW DEFINITION on it. */
  definition(object: DbObject): boolean {
    if (this.everything && this.denied.size === 0) return true;
    const owner = object.parentId === 0 ? object : (this.database.objects.get(object.parentId) ?? object);
    const key = `1.${owner.id}`;
    if (this.identity.ids.has(ownerOf(this.database, owner))) return true;
    // Most objects have no row of their own: their schema's answer is theirs.
    if (!this.granted.has(key) && !this.denied.has(key)) return this.insideSchema(owner.schemaId, TEXT);
    return holds(this.session, "VIEW DEFINITION", {
      class: "OBJECT",
      database: this.database,
      id: owner.id,
      schemaId: owner.schemaId,
    });
  }

  /** Alias types are seen by everybody who may use or own them; those of dbo that were granted to nobody are hidden too. */
  type(type: UserType): boolean {
    if (this.everything || this.identity.ids.has(typeOwner(this.database, type)) || this.granted.has(`6.${type.id}`))
      return true;
    return this.insideSchema(type.schemaId, [...ON_CODE, "REFERENCES"]);
  }

  schema(id: number): boolean {
    return (
      this.everything ||
      id >= 16384 ||
      id <= 4 ||
      this.identity.ids.has(schemaOwner(this.database, id)) ||
      this.granted.has(`3.${id}`) ||
      this.insideSchema(id, ON_DATA) ||
      this.holdsObjectIn(id)
    );
  }

  /** Built-in principals and oneself always; others with ALTER ANY USER or any permission on them. */
  principal(principal: Principal): boolean {
    if (this.everything || principal.id <= 4 || principal.fixedRole || this.identity.ids.has(principal.id)) return true;
    return (
      this.granted.has(`4.${principal.id}`) ||
      holds(this.session, principal.type === "R" ? "ALTER ANY ROLE" : "ALTER ANY USER", {
        class: "DATABASE",
        database: this.database,
      })
    );
  }

  /** Some permission was granted on a thing of Service Broker, and its definition is not denied. */
  holdsOn(securableClass: BrokerClass | "ASSEMBLY", id: number): boolean {
    const key = `${classIds[securableClass]!}.${id}`;
    return this.granted.has(key) && !this.denied.has(key);
  }

  assembly({ id, principalId }: Assembly): boolean {
    return this.everything || this.identity.ids.has(principalId) || this.holdsOn("ASSEMBLY", id);
  }

  permissionOf(granteeId: number): boolean {
    const principal = this.database.principals.get(granteeId);
    return this.identity.ids.has(granteeId) || (principal !== undefined && this.principal(principal));
  }

  private insideSchema(schemaId: number, permissions: readonly string[]): boolean {
    const key = `${schemaId}.${permissions.length}`;
    let known = this.schemas.get(key);
    if (known === undefined) {
      known = permissions.some((permission) =>
        holds(this.session, permission, { class: "SCHEMA", database: this.database, id: schemaId }),
      );
      this.schemas.set(key, known);
    }
    return known;
  }

  private holdsObjectIn(schemaId: number): boolean {
    for (const key of this.granted) {
      const object = key.startsWith("1.") ? this.database.objects.get(Number(key.slice(2))) : undefined;
      if (object?.schemaId === schemaId) return true;
    }
    return false;
  }
}

/** sa, fixed roles and oneself always; others with ALTER ANY LOGIN or some permission on them. */
export function seesLogin(session: Session, login: Login): boolean {
  if (login.id === 1 || login.fixedRole || loginIds(session.server, session.effectiveLogin).has(login.id)) return true;
  if (
    holds(session, "VIEW ANY DEFINITION", { class: "SERVER" }) ||
    holds(session, login.type === "R" ? "ALTER ANY SERVER ROLE" : "ALTER ANY LOGIN", { class: "SERVER" })
  )
    return true;
  const ids = serverIdentity(session)?.ids;
  return session.server.serverPermissions.some(
    (row) => row.classId === 101 && row.majorId === login.id && row.state !== "D" && ids?.has(row.granteeId),
  );
}

/** Own, current, master and tempdb always; others with VIEW ANY DATABASE (public has it), ALTER ANY DATABASE or CREATE DATABASE in master. */
export function seesDatabase(session: Session, database: Database): boolean {
  if (database === session.database || database.id <= 2) return true;
  if (serverIdentity(session) && databaseIdentity(session, database)?.isDbo) return true;
  return (
    ["VIEW ANY DATABASE", "ALTER ANY DATABASE"].some((permission) => holds(session, permission, { class: "SERVER" })) ||
    holds(session, "CREATE ANY DATABASE", { class: "SERVER" })
  );
}
