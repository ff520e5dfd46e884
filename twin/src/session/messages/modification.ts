/** Errors of data modification statements. Source: sql-docs, database engine events and errors, by number. */
import { defineMessages } from "../messages";

defineMessages({
  258: [15, "Cannot call methods on %1."],
  5302: [16, "Mutator '%1' on '%2' cannot be called on a null value."],
  330: [15, "The target '%1' of the OUTPUT INTO clause cannot be a view or common table expression."],
  331: [15, "The target table '%1' of the OUTPUT INTO clause cannot have any enabled triggers."],
  332: [
    15,
    "The target table '%1' of the OUTPUT INTO clause cannot be on either side of a (primary key, foreign key) relationship. Found reference constraint '%2'.",
  ],
  333: [
    15,
    "The target table '%1' of the OUTPUT INTO clause cannot have any enabled check constraints or any enabled rules. Found check constraint or rule '%2'.",
  ],
  3952: [
    16,
    "Snapshot isolation transaction failed accessing database '%1' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.",
  ],
  4403: [
    16,
    "Cannot update the view or function '%1' because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.",
  ],
  4417: [16, "Derived table '%1' is not updatable because the definition contains a UNION operator."],
  4418: [
    16,
    "Derived table '%1' is not updatable because it contains aggregates, or a DISTINCT or GROUP BY clause, or PIVOT or UNPIVOT operator.",
  ],
  4420: [16, "Derived table '%1' is not updatable because the modification affects multiple base tables."],
  4421: [16, "Derived table '%1' is not updatable because a column of the derived table is derived or constant."],
  4422: [16, "View '%1' has an INSTEAD OF UPDATE trigger and cannot be a target of an UPDATE FROM statement."],
  4423: [16, "View '%1' has an INSTEAD OF DELETE trigger and cannot be a target of a DELETE FROM statement."],
  4426: [16, "View '%1' is not updatable because the definition contains a UNION operator."],
  4708: [16, "Cannot truncate object '%1' because it is not a table."],
  8154: [15, "The table '%1' is ambiguous."],
  5324: [
    15,
    "In a MERGE statement, a '%1' clause with a search condition cannot appear after a '%1' clause with no search condition.",
  ],
  10714: [15, "An action of type '%1' cannot appear more than once in a '%2' clause of a MERGE statement."],
  8108: [
    16,
    "Cannot add identity column, using the SELECT INTO statement, to table '%1', which already has column '%2' that inherits the identity property.",
  ],
});
