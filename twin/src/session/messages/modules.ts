/**
 * Errors of modules, indexed views and table alterations that session/messages/ddl.ts does not have.
 * Source: sql-docs, database engine events and errors, by number.
 */
import { defineMessages } from "../messages";

defineMessages({
  346: [15, 'The parameter "%1" can not be declared READONLY since it is not a table-valued parameter.'],
  352: [15, 'The table-valued parameter "%1" must be declared with the READONLY option.'],
  443: [16, "Invalid use of a side-effecting operator '%1' within a function."],
  444: [16, "Select statements included within a function cannot return data to a client."],
  455: [16, "The last statement included within a function must be a return statement."],
  487: [16, 'An invalid option was specified for the statement "%1".'],
  1083: [15, "OWNER is not a valid option for EXECUTE AS in the context of server and database level triggers."],
  1084: [15, "'%1' is an invalid event type."],
  1734: [
    16,
    "Cannot create the sparse column set '%1' in the table '%2' because the table already contains one or more sparse columns. A sparse column set cannot be added to a table if the table contains a sparse column.",
  ],
  2007: [
    10,
    "The module '%1' depends on the missing object '%2'. The module will still be created; however, it cannot run successfully until the object exists.",
  ],
  2023: [10, "Metadata was not updated for the schema-bound object '%1'."],
  2103: [15, "Cannot %1 trigger '%2' because its schema is different from the schema of the target table or view."],
  2110: [
    15,
    "Cannot alter trigger '%1' on '%2' because this trigger does not belong to this object. Specify the correct trigger name or the correct target object name.",
  ],
  2112: [16, "Cannot create trigger '%1' on view '%2' because the view is defined with CHECK OPTION."],
  4938: [
    16,
    "ALTER TABLE SWITCH statement failed. Partition %1 of table '%2' is in filegroup '%3' and partition %4 of table '%5' is in filegroup '%6'.",
  ],
  4939: [
    16,
    "ALTER TABLE SWITCH statement failed. table '%1' is in filegroup '%2' and partition %3 of table '%4' is in filegroup '%5'.",
  ],
  4951: [
    16,
    "ALTER TABLE SWITCH statement failed because column '%1' does not have the same FILESTREAM storage attribute in tables '%2' and '%3'.",
  ],
  4952: [
    16,
    "ALTER TABLE SWITCH statement failed because column '%1' does not have the same ANSI trimming semantics in tables '%2' and '%3'.",
  ],
  4969: [
    16,
    "ALTER TABLE SWITCH statement failed. Foreign key constraint '%1' is disabled in source table '%2' and the corresponding constraint '%3' is enabled in target table '%4'. The source table constraint must be enabled.",
  ],
  4972: [
    16,
    "ALTER TABLE SWITCH statement failed. Check constraints or partition function of source table '%1' allows values that are not allowed by check constraints or partition function on target table '%2'.",
  ],
  4973: [
    16,
    "ALTER TABLE SWITCH statement failed. Range defined by partition %1 in table '%2' is not a subset of range defined by partition %3 in table '%4'.",
  ],
  4982: [
    16,
    "ALTER TABLE SWITCH statement failed. Check constraints of source table '%1' allow values that are not allowed by range defined by partition %2 on target table '%3'.",
  ],
  4985: [
    16,
    "ALTER TABLE SWITCH statement failed because column '%1' does not have the same nullability attribute in tables '%2' and '%3'.",
  ],
  4989: [
    16,
    "Cannot drop the ROWGUIDCOL property for column '%1' in table '%2' because the column is not the designated ROWGUIDCOL for the table.",
  ],
  4991: [
    16,
    "Cannot alter NOT FOR REPLICATION attribute on column '%1' in table '%2' because this column is not an identity column.",
  ],
  8196: [16, "Duplicate column specified as ROWGUIDCOL."],
  287: [16, "The %1 statement is not allowed within a trigger."],
  4103: [15, '"%1": Temporary views are not allowed.'],
  1935: [16, "Cannot create index. Object '%1' was created with the following SET options off: '%2'."],
  1937: [
    16,
    "Cannot create index on view '%1' because it references another view '%2'. Consider expanding referenced view's definition by hand in indexed view definition.",
  ],
  1938: [16, "Index cannot be created on view '%1' because the underlying object '%2' has a different owner."],
  8660: [
    16,
    'Cannot create the clustered index "%1" on view "%2" because the select list of the view definition does not include all columns in the GROUP BY clause. Consider adding these columns to the select list.',
  ],
  8661: [
    16,
    'Cannot create the clustered index "%1" on view "%2" because the index key includes columns that are not in the GROUP BY clause. Consider eliminating columns that are not in the GROUP BY clause from the index key.',
  ],
  8662: [
    16,
    'Cannot create the clustered index "%1" on view "%2" because the view references an unknown value (SUM aggregate of nullable expression). Consider referencing only non-nullable values in SUM. ISNULL() may be useful for this.',
  ],
  8668: [
    16,
    "Cannot create the clustered index '%1' on view '%2' because the select list of the view contains an expression on result of aggregate function or grouping column. Consider removing expression on result of aggregate function or grouping column from select list.",
  ],
  10140: [16, "Cannot create index on view '%1' because the view contains a table hint. Consider removing the hint."],
  1949: [
    16,
    "Cannot create index on view '%1'. The function '%2' yields nondeterministic results. Use a deterministic system function, or modify the user-defined function to return deterministic results.",
  ],
  1947: [16, 'Cannot create index on view "%1". The view contains a self join on "%2".'],
  10100: [
    16,
    'Cannot create index on view "%1" because it contains the DISTINCT keyword. Consider removing DISTINCT from the view or not indexing the view. Alternatively, consider replacing DISTINCT with GROUP BY or COUNT_BIG(*) to simulate DISTINCT on grouping columns.',
  ],
  10101: [
    16,
    'Cannot create index on view "%1" because it contains the TOP or OFFSET keyword. Consider removing the TOP or OFFSET or not indexing the view.',
  ],
  10109: [
    16,
    'Cannot create index on view "%1" because it references derived table "%2" (defined by SELECT statement in FROM clause). Consider removing the reference to the derived table or not indexing the view.',
  ],
  10119: [
    16,
    'Cannot create index on view "%1" because it contains a CUBE, ROLLUP, or GROUPING SETS operator. Consider not indexing this view.',
  ],
  10113: [
    16,
    'Cannot create index on view "%1" because it uses a LEFT, RIGHT, or FULL OUTER join, and no OUTER joins are allowed in indexed views. Consider using an INNER join instead.',
  ],
  10116: [
    16,
    "Cannot create index on view '%1' because it contains one or more UNION, INTERSECT, or EXCEPT operators. Consider creating a separate indexed view for each query that is an input to the UNION, INTERSECT, or EXCEPT operators of the original view.",
  ],
  10121: [
    16,
    'Cannot create index on view "%1" because it contains a HAVING clause. Consider removing the HAVING clause.',
  ],
  10125: [
    16,
    'Cannot create index on view "%1" because it uses aggregate "%2". Consider eliminating the aggregate, not indexing the view, or using alternate aggregates. For example, for AVG substitute SUM and COUNT_BIG, or for COUNT, substitute COUNT_BIG.',
  ],
  10127: [
    16,
    'Cannot create index on view "%1" because it contains one or more subqueries. Consider changing the view to use only joins instead of subqueries. Alternatively, consider not indexing this view.',
  ],
  10136: [16, 'Cannot create index on view "%1" because it uses the aggregate COUNT. Use COUNT_BIG instead.'],
  10137: [
    16,
    'Cannot create index on view "%1" because it references common table expression "%2". Views referencing common table expressions cannot be indexed. Consider not indexing the view, or removing the common table expression from the view definition.',
  ],
  10138: [
    16,
    "Cannot create index on view '%1' because its select list does not include a proper use of COUNT_BIG. Consider adding COUNT_BIG(*) to select list.",
  ],
  10142: [
    16,
    'Cannot create index on view "%1" because it contains an APPLY. Consider not indexing the view, or removing APPLY.',
  ],
  10143: [
    16,
    'Cannot create index on view "%1" because it contains a ranking or aggregate window function. Remove the function from the view definition or, alternatively, do not index the view.',
  ],
  13735: [
    16,
    "Cannot alter HIDDEN attribute on column '%1' in table '%2' because this column is not a generated always column.",
  ],
  1034: [15, 'Syntax error: Duplicate specification of the action "%1" in the trigger declaration.'],
  2772: [16, "Cannot access temporary tables from within a function."],
  16002: [16, "Invalid data masking function in column '%1'."],
  16003: [16, "The data type of column '%1' does not support data masking function '%2'."],
  16007: [16, "The column '%1' does not have a data masking function."],
});
