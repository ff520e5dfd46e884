/** sp_set_session_context, SESSION_CONTEXT and CONTEXT_INFO. https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-set-session-context-transact-sql */
import { defineFunction } from "../functions/registry";
import { sqlError } from "../session/messages";
import { own } from "../session/own";
import type { Session } from "../session/runtime";
import { Variant, type SqlValue } from "../types/value";
import { BIT, defineProcedure, integer, NAME, optional, required, text, VARIANT } from "./definition";

// eslint-disable-next-line require-yield -- procedures are driven as generators
defineProcedure("sp_set_session_context", [required("@key", NAME), required("@value", VARIANT), optional("@read_only", BIT)], function* (args, execution) {
  const { sessionContext } = own(execution);
  const key = text(args, "@key");
  if (key === undefined) throw sqlError(15600, ["sp_set_session_context"]);
  const known = sessionContext.get(key.toUpperCase());
  if (known?.readOnly) throw sqlError(15664, [key]);
  const argument = args.get("@value")!;
  const value = argument.value as SqlValue;
  const stored = value === null || value instanceof Variant ? value : new Variant(argument.type ?? NAME, value);
  sessionContext.set(key.toUpperCase(), { value: stored, readOnly: integer(args, "@read_only") === 1 });
  return 0;
});

defineFunction({
  name: "SESSION_CONTEXT",
  minimum: 1,
  maximum: 1,
  deterministic: false,
  source: "https://learn.microsoft.com/sql/t-sql/functions/session-context-transact-sql",
  resultType: () => ({ name: "sql_variant" }),
  evaluate: ([key], _types, _result, context) => (context.session as Session).sessionContext?.get(String(key).toUpperCase())?.value ?? null,
});

defineFunction({
  name: "CONTEXT_INFO",
  minimum: 0,
  maximum: 0,
  deterministic: false,
  source: "https://learn.microsoft.com/sql/t-sql/functions/context-info-transact-sql",
  resultType: () => ({ name: "varbinary", length: 128 }),
  evaluate: (_values, _types, _result, context) => (context.session as Session).contextInfo ?? null,
});
