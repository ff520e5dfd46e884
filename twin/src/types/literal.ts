/** Types and values of constants. https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql */
import type { Expression } from "../language/ast";
import { sqlError } from "../session/messages";
import { parseDecimal } from "./decimal";
import type { SqlType } from "./sql-type";
import { Decimal, type SqlValue } from "./value";

export type Literal = Extract<
  Expression,
  { kind: "integer" | "decimal" | "float" | "money" | "string" | "binary" | "null" }
>;

export function isLiteral(expression: Expression): expression is Literal {
  return ["integer", "decimal", "float", "money", "string", "binary", "null"].includes(expression.kind);
}

/** A NULL constant has type int until something asks for another. */
export function literal(expression: Literal): { type: SqlType; value: SqlValue } {
  switch (expression.kind) {
    case "integer": {
      const value = BigInt(expression.text);
      if (value <= 2147483647n)
        return { type: { name: "int", precision: value.toString().length }, value: Number(value) };
      return {
        type: { name: "numeric", precision: expression.text.replace(/^0+/, "").length, scale: 0 },
        value: new Decimal(value, 0),
      };
    }
    case "decimal": {
      const value = parseDecimal(expression.text)!;
      const digits = expression.text.replace(/^0+(?=\d)/, "").replace(".", "").length;
      const whole = expression.text.replace(/^0+/, "").startsWith(".") ? digits - 1 : digits;
      const precision = Math.max(whole, value.scale, 1);
      if (precision > 38) throw sqlError(1007, [expression.text]);
      return { type: { name: "numeric", precision, scale: value.scale }, value };
    }
    case "float":
      return { type: { name: "float" }, value: Number(expression.text.replace(/[eE][+-]?$/, "")) };
    case "money": {
      const value = parseDecimal(expression.text || "0") ?? new Decimal(0n, 0);
      return {
        type: { name: "money" },
        value: new Decimal(
          value.scale <= 4
            ? value.unscaled * 10n ** BigInt(4 - value.scale)
            : value.unscaled / 10n ** BigInt(value.scale - 4),
          4,
        ),
      };
    }
    case "string": {
      const limit = expression.national ? 4000 : 8000;
      const length = expression.value.length > limit ? -1 : Math.max(1, expression.value.length);
      return { type: { name: expression.national ? "nvarchar" : "varchar", length }, value: expression.value };
    }
    case "binary": {
      const hex = expression.hex.length % 2 ? `0${expression.hex}` : expression.hex;
      const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
      return {
        type: { name: "varbinary", length: bytes.length > 8000 ? -1 : Math.max(1, bytes.length) },
        value: bytes,
      };
    }
    case "null":
      return { type: { name: "int" }, value: null };
  }
}
