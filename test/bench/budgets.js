"use strict";
/** The budgets, each over the rows that it is about. Seconds are of the provider alone unless the text says otherwise. */

const is = (given) => (row) => Object.entries(given).every(([key, value]) => row[key] === value);
const thousands = { tables: 0, schemas: 0, procedures: 3000 };
const code = (row) => row.codeSeconds;

const budgets = [
  {
    what: "preview, nothing changed, 3,000 procedures, 30 ms: seconds",
    rows: is({ ...thousands, case: "preview", latencyMs: 30 }),
    value: code,
    most: 5,
  },
  {
    what: "preview, nothing changed, 3,000 procedures, 30 ms: round trips",
    rows: is({ ...thousands, case: "preview", latencyMs: 30 }),
    value: (row) => row.roundTrips,
    most: 20,
  },
  {
    what: "first deploy of 3,000 procedures, 1 ms: seconds",
    rows: is({ ...thousands, case: "first deploy", latencyMs: 1 }),
    value: code,
    most: 30,
  },
  {
    what: "first deploy of 3,000 procedures, 30 ms: seconds",
    rows: is({ ...thousands, case: "first deploy", latencyMs: 30 }),
    value: code,
    most: 60,
  },
  {
    what: "one of 3,000 changed, 30 ms: seconds",
    rows: is({ ...thousands, case: "one changed", latencyMs: 30 }),
    value: code,
    most: 6,
  },
  {
    what: "500 tables + 3,000 procedures, nothing changed: seconds",
    rows: is({ tables: 500, procedures: 3000, case: "preview" }),
    value: code,
    most: 5,
  },
  { what: "50,000 modules: peak MB", rows: is({ procedures: 50000 }), value: (row) => row.peakMb, most: 500 },
  {
    what: "whole command, 0 ms, against as many empty dynamic resources: ratio",
    rows: (row) => row.latencyMs === 0 && row.ratio !== null,
    value: (row) => row.ratio,
    most: 1.5,
  },
];

/** One line a budget: the worst of its rows. `held` is undefined where nothing was measured for it. */
function judge(rows) {
  return budgets.map(({ what, rows: about, value, most }) => {
    const values = rows.filter(about).map(value);
    const worst = values.length === 0 ? undefined : Math.max(...values);
    return { what, most, worst, held: worst === undefined ? undefined : worst <= most };
  });
}

module.exports = { judge };
