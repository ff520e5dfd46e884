/** What the fixed roles may: their rights are no rows of any catalog view. */

/** https://learn.microsoft.com/sql/relational-databases/security/authentication-access/database-level-roles */
export const fixedDatabaseRoles: Readonly<Record<string, { grants?: readonly string[]; denies?: readonly string[] }>> =
  {
    db_owner: { grants: ["CONTROL"] },
    db_accessadmin: { grants: ["ALTER ANY USER", "CREATE SCHEMA", "CONNECT"] },
    db_securityadmin: { grants: ["ALTER ANY APPLICATION ROLE", "ALTER ANY ROLE", "CREATE SCHEMA", "VIEW DEFINITION"] },
    db_ddladmin: {
      grants: [
        "ALTER ANY ASSEMBLY",
        "ALTER ANY ASYMMETRIC KEY",
        "ALTER ANY CERTIFICATE",
        "ALTER ANY CONTRACT",
        "ALTER ANY DATABASE DDL TRIGGER",
        "ALTER ANY DATABASE EVENT NOTIFICATION",
        "ALTER ANY DATASPACE",
        "ALTER ANY FULLTEXT CATALOG",
        "ALTER ANY MESSAGE TYPE",
        "ALTER ANY REMOTE SERVICE BINDING",
        "ALTER ANY ROUTE",
        "ALTER ANY SCHEMA",
        "ALTER ANY SERVICE",
        "ALTER ANY SYMMETRIC KEY",
        "CHECKPOINT",
        "CREATE AGGREGATE",
        "CREATE DEFAULT",
        "CREATE FUNCTION",
        "CREATE PROCEDURE",
        "CREATE QUEUE",
        "CREATE RULE",
        "CREATE SYNONYM",
        "CREATE TABLE",
        "CREATE TYPE",
        "CREATE VIEW",
        "CREATE XML SCHEMA COLLECTION",
        "REFERENCES",
      ],
    },
    db_backupoperator: { grants: ["BACKUP DATABASE", "BACKUP LOG", "CHECKPOINT"] },
    db_datareader: { grants: ["SELECT"] },
    db_datawriter: { grants: ["INSERT", "UPDATE", "DELETE"] },
    db_denydatareader: { denies: ["SELECT"] },
    db_denydatawriter: { denies: ["INSERT", "UPDATE", "DELETE"] },
  };

/** https://learn.microsoft.com/sql/relational-databases/security/authentication-access/server-level-roles */
export const fixedServerRoles: Readonly<Record<string, readonly string[]>> = {
  sysadmin: ["CONTROL SERVER"],
  serveradmin: [
    "ALTER ANY ENDPOINT",
    "ALTER RESOURCES",
    "ALTER SERVER STATE",
    "ALTER SETTINGS",
    "SHUTDOWN",
    "VIEW SERVER STATE",
  ],
  securityadmin: ["ALTER ANY LOGIN"],
  setupadmin: ["ALTER ANY LINKED SERVER"],
  processadmin: ["ALTER ANY CONNECTION", "ALTER SERVER STATE"],
  diskadmin: ["ALTER RESOURCES"],
  dbcreator: ["CREATE ANY DATABASE", "ALTER ANY DATABASE"],
  bulkadmin: ["ADMINISTER BULK OPERATIONS"],
};
