import type { Column } from "./model";

type Essential = "id" | "name" | "type" | "nullable" | "collation" | "ansiPadded";

/** A column without default, identity or any of the special properties, but for those that are given. */
export function newColumn(given: Pick<Column, Essential> & Partial<Column>): Column {
  return {
    defaultObjectId: 0,
    rowGuidCol: false,
    sparse: false,
    filestream: false,
    columnSet: false,
    hidden: false,
    generatedAlways: 0,
    ...given,
  };
}
