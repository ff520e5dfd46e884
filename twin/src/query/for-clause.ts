/** FOR JSON and FOR XML: the whole result as one text. */
import type { ForClause, Query } from "../language/ast";
import { sqlError } from "../session/messages";
import { notImplemented } from "../session/sql-error";
import type { RelationColumn } from "./context";
import { forJson } from "./for-json";
import { forXml } from "./for-xml";
import type { QueryPlan } from "./query";
import { at } from "./scope";

/** The names that the server gives the only column; clients look for them. */
const jsonColumn = "JSON_F52E2B61-18A1-11d1-B105-00805F49916B";
const xmlColumn = "XML_F52E2B61-18A1-11d1-B105-00805F49916B";

export function compileForClause(clause: ForClause, plan: QueryPlan, query: Query): QueryPlan {
  if (clause.kind === "browse") throw at(notImplemented("FOR BROWSE"), query.line);
  const json = clause.kind === "json";
  if (json) requireNames(plan.columns, query);
  const print = json ? forJson(clause, plan.columns, query) : forXml(clause, plan.columns, query);
  const typed = !json && clause.words.some((word) => word.toUpperCase() === "TYPE");
  return {
    columns: [
      {
        name: json ? jsonColumn : xmlColumn,
        type: typed ? { name: "xml" } : { name: "nvarchar", length: -1 },
        nullable: true,
        json,
      },
    ],
    assigns: false,
    cacheable: plan.cacheable,
    *rows(run, around) {
      const text = print([...plan.rows(run, around)]);
      if (text !== undefined) yield [text];
    },
  };
}

function requireNames(columns: readonly RelationColumn[], query: Query): void {
  if (columns.some((column) => column.name === "")) throw at(sqlError(13605, []), query.line);
}
