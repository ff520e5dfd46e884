/** Loads every family of built-in functions. */
import "./string";
import "./math";
import "./date";
import "./logical";
import "./json";
import "./metadata";
import "./security";
import "./system";
import "./format";
import "./format-message";

export * from "./registry";
export * from "./aggregates";
