/** System procedures by name. Known ones that are not built say so; the others do not exist (2812). */
/* eslint-disable require-yield -- procedures are driven as generators */
import type { SystemProcedure, SystemProcedurePart } from "../session/runtime";
import { notImplemented } from "../session/sql-error";
import "../session/messages/security";
import { findDefinition } from "./definition";
import "./application-locks";
import "./dynamic-sql";
import "./extended-properties";
import "./objects";
import "./server";
import "./session-context";
import "./trusted-assemblies";

/** Procedures of the product that callers may well try here. */
const REFUSED = new Set(
  `sp_cursor sp_cursorclose sp_cursorexecute sp_cursorfetch sp_cursoropen sp_cursoroption sp_cursorprepare sp_cursorprepexec sp_cursorunprepare
  sp_help sp_helpindex sp_helpconstraint sp_helpdb sp_helpfile sp_helpuser sp_helprole sp_lock sp_columns sp_tables sp_datatype_info sp_pkeys sp_fkeys sp_statistics sp_stored_procedures
  sp_describe_first_result_set sp_describe_undeclared_parameters sp_changedbowner sp_changeobjectowner sp_MSforeachtable sp_MSforeachdb sp_addmessage sp_dropmessage sp_depends
  sp_addlogin sp_droplogin sp_adduser sp_dropuser sp_addrole sp_droprole sp_addsrvrolemember sp_dropsrvrolemember sp_grantdbaccess sp_dboption sp_attach_db sp_detach_db sp_updatestats sp_recompile
  sp_bindrule sp_unbindrule sp_bindefault sp_unbindefault sp_addtype sp_droptype sp_addlinkedserver sp_dropserver sp_OACreate sp_xml_preparedocument sp_xml_removedocument sp_prepexecrpc
  sp_cdc_enable_db sp_cdc_disable_db sp_cdc_enable_table sp_cdc_disable_table sp_who2 xp_cmdshell xp_fileexist xp_dirtree xp_instance_regread
  sp_estimate_data_compression_savings sp_fulltext_database sp_addumpdevice sp_sequence_get_range sp_procoption sp_tableoption sp_indexoption sp_autostats sp_createstats sp_validatelogins`.toLowerCase().split(/\s+/),
); // prettier-ignore

function refused(name: string): SystemProcedure {
  return {
    name,
    parameters: [],
    variadic: true,
    *run() {
      throw notImplemented(`procedure ${name}`);
    },
  };
}

export const procedurePart: SystemProcedurePart = {
  find: (name) => findDefinition(name) ?? (REFUSED.has(name.toLowerCase()) ? refused(name) : undefined),
};
