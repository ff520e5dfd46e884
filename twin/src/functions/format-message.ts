/**
 * FORMATMESSAGE: RAISERROR's formatting as a value. There is no sp_addmessage here, so a number above 50000 has no text.
 * https://learn.microsoft.com/sql/t-sql/functions/formatmessage-transact-sql
 */
import { notImplemented } from "../session/sql-error";
import { formatMessage } from "../session/statements/messages";
import { isInteger, nvarchar } from "../types/format-type";
import { asInt, asText, defineFamily } from "./arguments";

/** Numbers up to here are never looked up; the server's own texts end at the second one. */
const lowest = 13_000;
const highestOfTheServer = 50_000;

defineFamily("https://learn.microsoft.com/sql/t-sql/functions/formatmessage-transact-sql", {
  "FORMATMESSAGE/1-21": {
    acceptsNull: true,
    resultType: () => nvarchar(2047),
    evaluate: (values, types) => {
      const message = values[0] ?? null;
      if (message === null) return null;
      if (isInteger(types[0]!)) {
        const number = asInt(message, types[0]!);
        if (number <= lowest || number > highestOfTheServer) return null;
        throw notImplemented(`FORMATMESSAGE with message ${number} of sys.messages`);
      }
      const args = values
        .slice(1)
        .map((value, at) => ({ value, integer: isInteger(types[at + 1]!) && types[at + 1]!.name !== "bit" }));
      const text = formatMessage(asText(message, types[0]!), args);
      return text.length > 2047 ? `${text.slice(0, 2044)}...` : text;
    },
  },
});
