/** Keys, foreign keys, checks and defaults. Reference sheet "tables and indexes" 1.9. */
import type { CheckConstraint, DbObject, DefaultConstraint, ForeignKey, KeyConstraint } from "../../storage/model";
import { bit, view, type ViewDefinition } from "../view";
import { OBJECT_COLUMNS, objectRow, ofType } from "./objects";

const isKey = (object: DbObject): object is KeyConstraint => object.type === "PK" || object.type === "UQ";
const isForeignKey = (object: DbObject): object is ForeignKey => object.type === "F ";
const isCheck = (object: DbObject): object is CheckConstraint => object.type === "C ";
const isDefault = (object: DbObject): object is DefaultConstraint => object.type === "D ";

/** Numbers of sys.foreign_keys.delete_referential_action. */
const actions = ["NO_ACTION", "CASCADE", "SET_NULL", "SET_DEFAULT"];

export const constraintViews: readonly ViewDefinition[] = [
  view(
    "key_constraints",
    "system-catalog-views/sys-key-constraints-transact-sql",
    `${OBJECT_COLUMNS}, unique_index_id int?, is_system_named bit, is_enforced bit?`,
    function* (reader) {
      for (const key of ofType(reader, isKey)) yield [...objectRow(key), key.indexId, bit(key.systemNamed), 1];
    },
  ),
  view(
    "foreign_keys",
    "system-catalog-views/sys-foreign-keys-transact-sql",
    `${OBJECT_COLUMNS}, referenced_object_id int?, key_index_id int?, is_disabled bit, is_not_for_replication bit, is_not_trusted bit, delete_referential_action tinyint?,
    delete_referential_action_desc desc?, update_referential_action tinyint?, update_referential_action_desc desc?, is_system_named bit`,
    function* (reader) {
      for (const key of ofType(reader, isForeignKey))
        yield [
          ...objectRow(key),
          key.referencedId,
          key.keyIndexId,
          bit(key.disabled),
          bit(key.notForReplication),
          bit(key.notTrusted),
          actions.indexOf(key.onDelete),
          key.onDelete,
          actions.indexOf(key.onUpdate),
          key.onUpdate,
          bit(key.systemNamed),
        ];
    },
  ),
  view(
    "foreign_key_columns",
    "system-catalog-views/sys-foreign-key-columns-transact-sql",
    "constraint_object_id int, constraint_column_id int, parent_object_id int, parent_column_id int, referenced_object_id int, referenced_column_id int",
    function* (reader) {
      for (const key of ofType(reader, isForeignKey))
        for (const [index, column] of key.columns.entries())
          yield [key.id, index + 1, key.parentId, column.columnId, key.referencedId, column.referencedColumnId];
    },
  ),
  view(
    "check_constraints",
    "system-catalog-views/sys-check-constraints-transact-sql",
    `${OBJECT_COLUMNS}, is_disabled bit, is_not_for_replication bit, is_not_trusted bit, parent_column_id int, definition nvarchar(max)?, uses_database_collation bit?,
    is_system_named bit`,
    function* (reader) {
      for (const check of ofType(reader, isCheck)) {
        const text = reader.visible.definition(check) ? check.definition : null;
        yield [
          ...objectRow(check),
          bit(check.disabled),
          bit(check.notForReplication),
          bit(check.notTrusted),
          check.columnId,
          text,
          1,
          bit(check.systemNamed),
        ];
      }
    },
  ),
  view(
    "default_constraints",
    "system-catalog-views/sys-default-constraints-transact-sql",
    `${OBJECT_COLUMNS}, parent_column_id int, definition nvarchar(max)?, is_system_named bit`,
    function* (reader) {
      for (const one of ofType(reader, isDefault))
        yield [
          ...objectRow(one),
          one.columnId,
          reader.visible.definition(one) ? one.definition : null,
          bit(one.systemNamed),
        ];
    },
  ),
];
