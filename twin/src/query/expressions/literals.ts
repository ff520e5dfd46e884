/** Constants and the types they have by their form. https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql */
import type { Expression } from "../../language/ast";
import { parseDecimal } from "../../types/decimal";
import { nvarchar, varbinary, varchar } from "../../types/format-type";
import type { SqlType } from "../../types/sql-type";
import { Decimal, type SqlValue } from "../../types/value";
import { sqlError } from "../../session/messages";
import type { Compiled } from "../context";
import { at } from "../scope";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

function literal(type: SqlType, value: SqlValue): Compiled {
  return { type, nullable: false, collation: "default", literal: true, evaluate: () => value };
}

function exact(text: string, line: number): Compiled {
  const value = parseDecimal(text);
  if (!value) throw at(sqlError(1007, [text]), line);
  const digits = text.replace(/[.-]/g, "").replace(/^0+(?=\d)/, "").length;
  const precision = Math.max(digits, value.scale, 1);
  if (precision > 38) throw at(sqlError(1007, [text]), line);
  return literal({ name: "numeric", precision, scale: value.scale }, value);
}

export const literals = {
  /** Whole numbers beyond int are numeric, not bigint. */
  integer: ({ text, line }: Of<"integer">) => {
    const value = BigInt(text);
    return value <= 2147483647n ? literal({ name: "int" }, Number(value)) : exact(text, line);
  },
  decimal: ({ text, line }: Of<"decimal">) => exact(text, line),
  float: ({ text }: Of<"float">) => literal({ name: "float" }, Number(text)),
  money: ({ text, line }: Of<"money">) => {
    const parsed = parseDecimal(text.replace(/[^0-9.+-]/g, "") || "0");
    if (!parsed || parsed.scale > 4) throw at(sqlError(151, [text]), line);
    return literal({ name: "money" }, new Decimal(parsed.unscaled * 10n ** BigInt(4 - parsed.scale), 4));
  },
  string: ({ value, national }: Of<"string">) => literal(national ? nvarchar(value.length) : varchar(value.length), value),
  binary: ({ hex }: Of<"binary">) => {
    const digits = hex.replace(/^0x/i, "");
    const bytes = new Uint8Array(Buffer.from(digits.length % 2 ? `0${digits}` : digits, "hex"));
    return literal(varbinary(bytes.length), bytes);
  },
  null: (): Compiled => ({ type: { name: "int" }, nullable: true, collation: "default", untypedNull: true, literal: true, evaluate: () => null }),
};
