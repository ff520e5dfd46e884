/** The list of assemblies that the server trusts by hash. */
/* eslint-disable require-yield -- procedures are driven as generators */
import { sqlError } from "../session/messages";
import "../session/messages/clr";
import type { Execution } from "../session/runtime";
import { utcNow } from "../types/date-time";
import { type Arguments, defineProcedure, nvarchar, optional, required, text } from "./definition";

const HASH_BYTES = 64;
const HASH = { name: "varbinary", length: 8000 } as const;

/** Throws 15247 and 15600. */
function hashOf(args: Arguments, procedure: string, execution: Execution): { hash: Uint8Array; key: string } {
  execution.session.demand("CONTROL SERVER", { kind: "server" });
  const value = args.get("@hash")?.value;
  // SHA2_512 of the assembly's bytes.
  if (!(value instanceof Uint8Array) || value.length !== HASH_BYTES) throw sqlError(15600, [procedure]);
  return { hash: value, key: Buffer.from(value).toString("hex").toUpperCase() };
}

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sys-sp-add-trusted-assembly-transact-sql */
defineProcedure(
  "sp_add_trusted_assembly",
  [required("@hash", HASH), optional("@description", nvarchar(4000))],
  function* (args, execution) {
    const { server, transaction, effectiveLogin } = execution.session;
    const { hash, key } = hashOf(args, "sp_add_trusted_assembly", execution);
    if (server.trustedAssemblies.has(key)) throw sqlError(10345, [key]);
    transaction.put(server.trustedAssemblies, key, {
      hash: Uint8Array.from(hash),
      description: text(args, "@description") ?? null,
      created: utcNow(),
      createdBy: effectiveLogin.name,
    });
    return 0;
  },
);

/** https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sys-sp-drop-trusted-assembly-transact-sql */
defineProcedure("sp_drop_trusted_assembly", [required("@hash", HASH)], function* (args, execution) {
  const { server, transaction } = execution.session;
  const { key } = hashOf(args, "sp_drop_trusted_assembly", execution);
  if (!server.trustedAssemblies.has(key)) throw sqlError(10346, [key]);
  transaction.remove(server.trustedAssemblies, key);
  return 0;
});
