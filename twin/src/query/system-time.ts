/**
 * FOR SYSTEM_TIME: the versions of a temporal table's rows, from the table and its history.
 * https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, temporal-tables, how do I query temporal data
 */
import { type PeriodColumns, periodColumns } from "../ddl/temporal/tables";
import type { TemporalClause } from "../language/ast";
import type { Row } from "../session/runtime";
import type { Database, Table, Versioning } from "../storage/model";
import { civilFromDays, compareDateTime, daysFromCivil, daysInMonth, utcNow } from "../types/date-time";
import { DateTime } from "../types/value";
import { type Compiled, type Context, childContext, type Relation, type Run } from "./context";
import { compileExpression } from "./expressions/compile";
import { convertTo } from "./expressions/coercion";
import { Scope } from "./scope";

interface Times {
  /** Null: a variable that is NULL, which no period meets. */
  readonly from: DateTime | null;
  readonly to: DateTime | null;
}

/** The clause while the table or view that it stands on is compiled: it goes through to every temporal table of a view. */
export interface SystemTime {
  readonly clause: TemporalClause;
  /** The times are the same throughout one statement. */
  readonly fixed: boolean;
  /** A temporal table has been met. */
  used: boolean;
  evaluate(run: Run, around: Context | undefined): void;
}

const moment = { name: "datetime2", scale: 7 } as const;

/** Times are compiled one level inside what is around, as a function's arguments are. */
export function compileSystemTime(clause: TemporalClause, around: Scope): SystemTime {
  const inner = new Scope(around.compiler, around, around.database);
  const { value, references } = inner.compiler.track(() =>
    [clause.from, clause.to].map((time) => time && convertTo(compileExpression(time, inner), moment, inner)),
  );
  const [from, to] = value;
  const read = (time: Compiled | undefined, context: Context) =>
    time ? (time.evaluate(context) as DateTime | null) : null;
  const made: SystemTime = {
    clause,
    fixed: !references.outer(inner) && !references.volatile,
    used: false,
    evaluate: (run, context) => {
      const own = childContext(run, context);
      const times: Times = { from: read(from, own), to: read(to, own) };
      run.put(made, times);
    },
  };
  return made;
}

type Test = (start: DateTime, end: DateTime, times: Times) => boolean;

const before = (a: DateTime, b: DateTime | null): boolean => b !== null && compareDateTime(a, b) < 0;
const notAfter = (a: DateTime, b: DateTime | null): boolean => b !== null && compareDateTime(a, b) <= 0;
const after = (a: DateTime, b: DateTime | null): boolean => b !== null && compareDateTime(a, b) > 0;
const notBefore = (a: DateTime, b: DateTime | null): boolean => b !== null && compareDateTime(a, b) >= 0;

const tests: Record<TemporalClause["kind"], Test> = {
  "as-of": (start, end, { from }) => notAfter(start, from) && after(end, from),
  "from-to": (start, end, { from, to }) => before(start, to) && after(end, from),
  between: (start, end, { from, to }) => notAfter(start, to) && after(end, from),
  "contained-in": (start, end, { from, to }) => notBefore(start, from) && notAfter(end, to),
  all: () => true,
};

/** Both tables together. Versions that were valid for no time at all stay out, and so do those beyond the retention period. */
export function versionsRelation(
  current: Relation,
  past: Relation,
  table: Table,
  database: Database,
  time: SystemTime,
): Relation {
  const places = periodColumns(table)!;
  const test = tests[time.clause.kind];
  const rows = function* (run: Run, times: Times): Iterable<Row> {
    const oldest = oldestKept(table, database);
    const wanted = (row: Row): boolean => {
      const [start, end] = periodOf(row, places);
      return compareDateTime(start, end) !== 0 && test(start, end, times);
    };
    for (const row of current.rows(run, undefined)) if (wanted(row)) yield row;
    for (const row of past.rows(run, undefined))
      if (wanted(row) && (!oldest || compareDateTime(periodOf(row, places)[1], oldest) >= 0)) yield row;
  };
  return { columns: current.columns, cacheable: time.fixed, rows: (run) => rows(run, run.get<Times>(time)) };
}

function periodOf(row: Row, { start, end }: PeriodColumns): [DateTime, DateTime] {
  return [row[start] as DateTime, row[end] as DateTime];
}

/** Aged rows are not shown from the moment on at which the clean-up may take them. */
function oldestKept(table: Table, database: Database): DateTime | undefined {
  const { retention } = table.versioning!;
  return retention && database.options.temporalHistoryRetention ? earlier(utcNow(), retention) : undefined;
}

type Retention = NonNullable<Versioning["retention"]>;

const daysOf: Partial<Record<Retention["unit"], number>> = { DAY: 1, WEEK: 7 };
const monthsOf: Partial<Record<Retention["unit"], number>> = { MONTH: 1, YEAR: 12 };

function earlier(now: DateTime, { length, unit }: Retention): DateTime | undefined {
  const days = daysOf[unit];
  if (days !== undefined)
    return now.days >= days * length ? new DateTime(now.days - days * length, now.ticks) : undefined;
  const { year, month, day } = civilFromDays(now.days);
  const months = year * 12 + month - 1 - length * monthsOf[unit]!;
  const then = { year: Math.floor(months / 12), month: (((months % 12) + 12) % 12) + 1 };
  if (then.year < 1) return undefined;
  return new DateTime(
    daysFromCivil(then.year, then.month, Math.min(day, daysInMonth(then.year, then.month))),
    now.ticks,
  );
}
