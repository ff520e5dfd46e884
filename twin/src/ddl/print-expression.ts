/**
 * Re-prints an expression the way the server keeps it in sys.check_constraints, sys.default_constraints,
 * sys.computed_columns and sys.indexes.filter_definition. Source: reference sheet "tables and indexes" 1.13.
 */
import type { BinaryOperator, Expression, TypeReference } from "../language/ast";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import { quoteName } from "./naming";

/** Binding strength: a child that binds less tightly than its place demands gets parentheses. */
const enum Level {
  Or = 1,
  And,
  Not,
  Compare,
  Add,
  Multiply,
  Unary,
  Primary,
}

const additive: ReadonlySet<BinaryOperator> = new Set(["+", "-", "&", "|", "^", "||"]);

/** Words that the server replaces: CURRENT_TIMESTAMP is stored as getdate(). */
const niladic: Record<string, string> = {
  current_timestamp: "getdate()",
  current_user: "user_name()",
  session_user: "user_name()",
  user: "user_name()",
  system_user: "suser_sname()",
};

/** Short names of date parts become the long ones. Source: sql-docs, DATEPART. */
const dateParts: Record<string, string> = {
  yy: "year",
  yyyy: "year",
  year: "year",
  qq: "quarter",
  q: "quarter",
  quarter: "quarter",
  mm: "month",
  m: "month",
  month: "month",
  dy: "dayofyear",
  y: "dayofyear",
  dayofyear: "dayofyear",
  dd: "day",
  d: "day",
  day: "day",
  wk: "week",
  ww: "week",
  week: "week",
  dw: "weekday",
  w: "weekday",
  weekday: "weekday",
  hh: "hour",
  hour: "hour",
  mi: "minute",
  n: "minute",
  minute: "minute",
  ss: "second",
  s: "second",
  second: "second",
  ms: "millisecond",
  millisecond: "millisecond",
  mcs: "microsecond",
  microsecond: "microsecond",
  ns: "nanosecond",
  nanosecond: "nanosecond",
  tz: "tzoffset",
  tzoffset: "tzoffset",
  isowk: "iso_week",
  isoww: "iso_week",
  iso_week: "iso_week",
};
const takesDatePart = new Set([
  "dateadd",
  "datediff",
  "datediff_big",
  "datename",
  "datepart",
  "datetrunc",
  "date_bucket",
]);

/** The whole definition, with its outer parentheses. */
export function printDefinition(expression: Expression, form: "constraint" | "filter" = "constraint"): string {
  return `(${new Printer(form).print(expression, Level.Or)})`;
}

class Printer {
  constructor(private readonly form: "constraint" | "filter") {}

  print(expression: Expression, place: Level): string {
    const [text, level] = this.render(expression);
    return level < place ? `(${text})` : text;
  }

  private render(e: Expression): [text: string, level: Level] {
    switch (e.kind) {
      case "integer":
        return [`(${integerText(e.text)})`, Level.Primary];
      case "decimal":
        return [`(${decimalText(e.text)})`, Level.Primary];
      case "float":
        return [`(${floatText(e.text)})`, Level.Primary];
      case "money":
        return [`(${moneyText(e.text)})`, Level.Primary];
      case "string":
        return [`${e.national ? "N" : ""}'${e.value.replaceAll("'", "''")}'`, Level.Primary];
      case "binary":
        return [`0x${e.hex}`, Level.Primary];
      case "null":
        return ["NULL", Level.Primary];
      case "variable":
        return [e.name, Level.Primary];
      case "global":
        return [e.name.toLowerCase(), Level.Primary];
      case "column":
        return [e.name.parts.map(quoteName).join("."), Level.Primary];
      case "subquery":
      case "exists":
      case "quantified":
        throw sqlError(1046);
      case "unary":
        return this.unary(e.operator, e.operand);
      case "binary-operation": {
        const level = additive.has(e.operator) ? Level.Add : Level.Multiply;
        return [`${this.print(e.left, level)}${e.operator}${this.print(e.right, level + 1)}`, level];
      }
      case "comparison":
        return [`${this.print(e.left, Level.Add)}${e.operator}${this.print(e.right, Level.Add)}`, Level.Compare];
      case "and":
        return [`${this.print(e.left, Level.And)} AND ${this.print(e.right, Level.And)}`, Level.And];
      case "or":
        return [`${this.print(e.left, Level.Or)} OR ${this.print(e.right, Level.Or)}`, Level.Or];
      case "not":
        return [`NOT ${this.negated(e.operand)}`, Level.Not];
      case "is-null":
        return [`${this.print(e.operand, Level.Add)} IS ${e.not ? "NOT " : ""}NULL`, Level.Compare];
      case "is-distinct":
        return [
          `${this.print(e.left, Level.Add)} IS ${e.not ? "NOT " : ""}DISTINCT FROM ${this.print(e.right, Level.Add)}`,
          Level.Compare,
        ];
      case "between": {
        const operand = this.print(e.operand, Level.Add);
        const text = `${operand}>=${this.print(e.low, Level.Add)} AND ${operand}<=${this.print(e.high, Level.Add)}`;
        return e.not ? [`NOT (${text})`, Level.Not] : [text, Level.And];
      }
      case "in":
        return this.in(e);
      case "like": {
        const escape = e.escape ? ` escape ${this.print(e.escape, Level.Add)}` : "";
        const text = `${this.print(e.operand, Level.Add)} like ${this.print(e.pattern, Level.Add)}${escape}`;
        return e.not ? [`NOT ${text}`, Level.Not] : [text, Level.Compare];
      }
      case "case":
        return [this.case(e), Level.Primary];
      case "cast":
        return [
          e.attempt
            ? `TRY_CAST(${this.print(e.operand, Level.Or)} AS ${typeText(e.type)})`
            : `CONVERT(${typeText(e.type)},${this.print(e.operand, Level.Or)})`,
          Level.Primary,
        ];
      case "convert": {
        const style = e.style ? `,${this.print(e.style, Level.Or)}` : "";
        return [
          `${e.attempt ? "TRY_CONVERT" : "CONVERT"}(${typeText(e.type)},${this.print(e.operand, Level.Or)}${style})`,
          Level.Primary,
        ];
      }
      case "collate":
        return [`${this.print(e.operand, Level.Primary)} collate ${e.collation}`, Level.Primary];
      case "at-time-zone":
        return [
          `${this.print(e.operand, Level.Primary)} AT TIME ZONE ${this.print(e.zone, Level.Primary)}`,
          Level.Unary,
        ];
      case "next-value":
        return [`NEXT VALUE FOR ${e.sequence.parts.map(quoteName).join(".")}`, Level.Primary];
      case "call":
        return [this.call(e), Level.Primary];
      default:
        throw notImplemented(`the stored form of an expression of kind ${e.kind}`);
    }
  }

  private unary(operator: string, operand: Expression): [string, Level] {
    if (operator === "-" && operand.kind === "integer") {
      const digits = integerDigits(operand.text);
      return [`(-${BigInt(digits) <= 2147483648n ? digits : `${digits}.`})`, Level.Primary];
    }
    if (operator === "-" && (operand.kind === "decimal" || operand.kind === "float" || operand.kind === "money")) {
      const [text] = this.render(operand);
      return [`(-${text.slice(1, -1)})`, Level.Primary];
    }
    return [`${operator}${this.print(operand, Level.Unary)}`, Level.Unary];
  }

  /** NOT [c]=(0), but NOT ([a] AND [b]). */
  private negated(operand: Expression): string {
    return this.print(operand, Level.Not);
  }

  private in(e: Extract<Expression, { kind: "in" }>): [string, Level] {
    if (!e.values) throw sqlError(1046);
    const operand = this.print(e.operand, Level.Add);
    if (this.form === "filter") {
      const text = `${operand} IN (${e.values.map((value) => this.print(value, Level.Or)).join(", ")})`;
      return e.not ? [`NOT ${text}`, Level.Not] : [text, Level.Compare];
    }
    const terms = e.values.map((value) => `${operand}=${this.print(value, Level.Add)}`).reverse();
    const text = terms.join(" OR ");
    if (e.not) return [`NOT ${terms.length > 1 ? `(${text})` : text}`, Level.Not];
    return [text, terms.length > 1 ? Level.Or : Level.Compare];
  }

  private case(e: Extract<Expression, { kind: "case" }>): string {
    const operand = e.operand ? ` ${this.print(e.operand, Level.Or)}` : "";
    const branches = e.branches
      .map((branch) => ` when ${this.print(branch.when, Level.Or)} then ${this.print(branch.then, Level.Or)}`)
      .join("");
    const rest = e.else ? ` else ${this.print(e.else, Level.Or)}` : "";
    return `case${operand}${branches}${rest} end`;
  }

  private call(e: Extract<Expression, { kind: "call" }>): string {
    const { parts } = e.name;
    const name = parts[parts.length - 1]!.toLowerCase();
    if (e.over || e.withinGroup || e.star || e.distinct || e.words?.length)
      throw notImplemented(`the stored form of ${name.toUpperCase()} with clauses`);
    const list = e.arguments.map((argument) => this.print(argument, Level.Or));
    if (parts.length > 1) return `${parts.map(quoteName).join(".")}(${list.join(",")})`;
    if (e.niladic && niladic[name]) return niladic[name];
    if (name === "year" || name === "month" || name === "day") return `datepart(${name},${list[0]})`;
    if (name === "iif" && e.arguments.length === 3) return `case when ${list[0]} then ${list[1]} else ${list[2]} end`;
    const first = e.arguments[0];
    if (takesDatePart.has(name) && first?.kind === "column" && first.name.parts.length === 1) {
      const word = first.name.parts[0]!.toLowerCase();
      list[0] = dateParts[word] ?? word;
    }
    return `${name}(${list.join(",")})`;
  }
}

function integerDigits(text: string): string {
  return text.replace(/^0+(?=\d)/, "");
}

/** Beyond int a literal is numeric, which the server shows by a trailing dot. */
function integerText(text: string): string {
  const digits = integerDigits(text);
  return BigInt(digits) <= 2147483647n ? digits : `${digits}.`;
}

function decimalText(text: string): string {
  return text.startsWith(".") ? `0${text}` : text;
}

function floatText(text: string): string {
  const [mantissa, exponent] = Number(text).toExponential(16).split("e") as [string, string];
  const sign = exponent.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${exponent.replace(/[+-]/, "").padStart(3, "0")}`;
}

function moneyText(text: string): string {
  const number = text.replace(/[^0-9.-]/g, "");
  const [whole = "0", fraction = ""] = number.split(".");
  return `$${whole || "0"}.${fraction.padEnd(4, "0").slice(0, 4)}`;
}

function typeText(type: TypeReference): string {
  const name = type.name.parts
    .map((part, i) => quoteName(type.name.parts.length === 1 && i === 0 ? part.toLowerCase() : part))
    .join(".");
  return type.arguments.length === 0 ? name : `${name}(${type.arguments.join(",")})`;
}
