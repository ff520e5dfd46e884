/** Facts about databases, files, options, logins and roles. */
import { ok, rows, type Sheet } from "./fact";

export const databaseFacts: readonly Sheet[] = [
  {
    sheet: "databases 1: CREATE, ALTER and DROP DATABASE",
    facts: [
      ["a taken name is 1801", "CREATE DATABASE facts", [1801]],
      ["a taken name in other letters is 1801", "CREATE DATABASE FACTS", [1801]],
      ["a name of 124 characters without a log name is 1836", `CREATE DATABASE ${"d".repeat(124)}`, [1836]],
      ["an unknown collation is refused", "CREATE DATABASE d COLLATE Nowhere_CI", "refused"],
      ["DROP of a missing one is 3701", "DROP DATABASE d", [3701]],
      ["DROP IF EXISTS of a missing one is quiet", "DROP DATABASE IF EXISTS d", ok],
      ["DROP of the current one is 3702", "DROP DATABASE facts", [3702]],
      ["DROP of a system database is 3708", "DROP DATABASE tempdb", [3708]],
      ["ALTER of a missing one is 5011", "ALTER DATABASE d SET RECOVERY SIMPLE", [5011, 5069]],
      ["MODIFY NAME to a taken name is 1801", ["CREATE DATABASE d", "ALTER DATABASE d MODIFY NAME = facts"], "refused"],
      [
        "MODIFY NAME renames",
        [
          "CREATE DATABASE d",
          "ALTER DATABASE d MODIFY NAME = e",
          "SELECT DB_ID('d'), CASE WHEN DB_ID('e') IS NULL THEN 0 ELSE 1 END",
        ],
        rows([null, 1]),
      ],
      ["MODIFY NAME of a system database is 5016", "ALTER DATABASE master MODIFY NAME = m", [5016, 5069]],
      [
        "COLLATE is blocked by a CHECK (5075)",
        ["CREATE TABLE dbo.t (a varchar(5) CHECK (a > 'x'))", "ALTER DATABASE CURRENT COLLATE Latin1_General_CI_AS"],
        [5075, 5072, 5069],
      ],
      [
        "COLLATE leaves existing columns",
        [
          "CREATE TABLE dbo.t (a varchar(5))",
          "ALTER DATABASE CURRENT COLLATE Latin1_General_CI_AS",
          "SELECT collation_name FROM sys.columns WHERE object_id = OBJECT_ID('dbo.t')",
        ],
        rows(["SQL_Latin1_General_CP1_CI_AS"]),
      ],
      [
        "CONTAINMENT = PARTIAL needs the server option (12824)",
        "ALTER DATABASE CURRENT SET CONTAINMENT = PARTIAL",
        [12824, 5069],
      ],
      [
        "ALTER AUTHORIZATION gives the owner",
        [
          "CREATE LOGIN lo WITH PASSWORD = 'Str0ng.Passw0rd'",
          "ALTER AUTHORIZATION ON DATABASE::facts TO lo",
          "SELECT SUSER_SNAME(owner_sid) FROM sys.databases WHERE name = 'facts'",
        ],
        rows(["lo"]),
      ],
      [
        "to a login that is a user there is 15110",
        [
          "CREATE LOGIN lo WITH PASSWORD = 'Str0ng.Passw0rd'; CREATE USER lo FOR LOGIN lo",
          "ALTER AUTHORIZATION ON DATABASE::facts TO lo",
        ],
        [15110],
      ],
      [
        "of a system database is 15109",
        ["CREATE LOGIN lo WITH PASSWORD = 'Str0ng.Passw0rd'", "ALTER AUTHORIZATION ON DATABASE::master TO lo"],
        [15109],
      ],
    ],
  },
  {
    sheet: "databases 2: files and filegroups",
    setup: [
      "ALTER DATABASE CURRENT ADD FILEGROUP g",
      "ALTER DATABASE CURRENT ADD FILE (NAME = gf, FILENAME = '/var/opt/mssql/data/gf.ndf', SIZE = 16MB) TO FILEGROUP g",
    ],
    facts: [
      ["a taken filegroup name is 5035", "ALTER DATABASE CURRENT ADD FILEGROUP G", [5035]],
      ["the name DEFAULT is 5051", "ALTER DATABASE CURRENT ADD FILEGROUP [default]", [5051]],
      ["renaming PRIMARY is 5012", "ALTER DATABASE CURRENT MODIFY FILEGROUP [PRIMARY] NAME = p", [5012]],
      ["the default it already is, is 5045", "ALTER DATABASE CURRENT MODIFY FILEGROUP [PRIMARY] DEFAULT", [5045]],
      [
        "an empty filegroup does not become the default (5050)",
        ["ALTER DATABASE CURRENT ADD FILEGROUP e", "ALTER DATABASE CURRENT MODIFY FILEGROUP e DEFAULT"],
        [5050],
      ],
      [
        "PRIMARY does not become read-only (5047)",
        "ALTER DATABASE CURRENT MODIFY FILEGROUP [PRIMARY] READ_ONLY",
        [5047],
      ],
      ["a filegroup with a file is not removed (5042)", "ALTER DATABASE CURRENT REMOVE FILEGROUP g", [5042]],
      ["a missing filegroup is 5041-class", "ALTER DATABASE CURRENT REMOVE FILEGROUP z", "refused"],
      [
        "a taken logical file name is 1828",
        "ALTER DATABASE CURRENT ADD FILE (NAME = gf, FILENAME = '/var/opt/mssql/data/x.ndf') TO FILEGROUP g",
        [1828],
      ],
      [
        "a file that is there is 5170",
        "ALTER DATABASE CURRENT ADD FILE (NAME = x, FILENAME = '/var/opt/mssql/data/gf.ndf') TO FILEGROUP g",
        "refused",
      ],
      ["growing only goes upward (5039)", "ALTER DATABASE CURRENT MODIFY FILE (NAME = gf, SIZE = 8MB)", [5039]],
      ["MAXSIZE below SIZE is refused", "ALTER DATABASE CURRENT MODIFY FILE (NAME = gf, MAXSIZE = 8MB)", "refused"],
      ["an unknown file is 5041", "ALTER DATABASE CURRENT MODIFY FILE (NAME = z, SIZE = 32MB)", [5041]],
      [
        "two properties at once are read back in pages",
        [
          "ALTER DATABASE CURRENT MODIFY FILE (NAME = gf, SIZE = 32MB)",
          "SELECT size, growth, max_size FROM sys.database_files WHERE name = 'gf'",
        ],
        rows([4096, 8192, -1]),
      ],
      ["the primary file is not removed (5020)", "ALTER DATABASE CURRENT REMOVE FILE facts", [5020]],
      [
        "a file with rows is not removed (5042)",
        ["CREATE TABLE dbo.t (a int) ON g; INSERT dbo.t VALUES (1)", "ALTER DATABASE CURRENT REMOVE FILE gf"],
        [5042],
      ],
      [
        "a table in an empty filegroup is 1922",
        ["ALTER DATABASE CURRENT ADD FILEGROUP e", "CREATE TABLE dbo.t (a int) ON e"],
        [1922],
      ],
      [
        "SIZE below 512 KB is 5174",
        "ALTER DATABASE CURRENT ADD FILE (NAME = s, FILENAME = '/var/opt/mssql/data/s.ndf', SIZE = 100KB) TO FILEGROUP g",
        [5174],
      ],
    ],
  },
  {
    sheet: "databases 3: options",
    facts: [
      ...(
        [
          ["RECOVERY SIMPLE", "recovery_model", 3],
          ["COMPATIBILITY_LEVEL = 150", "compatibility_level", 150],
          ["READ_COMMITTED_SNAPSHOT ON", "is_read_committed_snapshot_on", 1],
          ["ALLOW_SNAPSHOT_ISOLATION ON", "snapshot_isolation_state", 1],
          ["AUTO_CLOSE ON", "is_auto_close_on", 1],
          ["AUTO_SHRINK ON", "is_auto_shrink_on", 1],
          ["AUTO_UPDATE_STATISTICS_ASYNC ON", "is_auto_update_stats_async_on", 1],
          ["PAGE_VERIFY NONE", "page_verify_option", 0],
          ["TRUSTWORTHY ON", "is_trustworthy_on", 1],
          ["DELAYED_DURABILITY = FORCED", "delayed_durability", 2],
          ["TARGET_RECOVERY_TIME = 2 MINUTES", "target_recovery_time_in_seconds", 120],
          ["PARAMETERIZATION FORCED", "is_parameterization_forced", 1],
          ["RECURSIVE_TRIGGERS ON", "is_recursive_triggers_on", 1],
          ["ANSI_NULLS ON", "is_ansi_nulls_on", 1],
          ["CURSOR_DEFAULT LOCAL", "is_local_cursor_default", 1],
          ["RESTRICTED_USER", "user_access", 2],
          ["READ_ONLY", "is_read_only", 1],
        ] as const
      ).map(
        ([option, column, value]) =>
          [
            `SET ${option} is read back in ${column}`,
            [`ALTER DATABASE facts SET ${option}`, `SELECT ${column} FROM sys.databases WHERE name = 'facts'`],
            rows([value]),
          ] as const,
      ),
      [
        "a compatibility level above the version is 15048",
        "ALTER DATABASE facts SET COMPATIBILITY_LEVEL = 170",
        "refused",
      ],
      ["RECOVERY with = is a syntax error", "ALTER DATABASE facts SET RECOVERY = SIMPLE", "refused"],
      [
        "COMPATIBILITY_LEVEL without = is a syntax error",
        "ALTER DATABASE facts SET COMPATIBILITY_LEVEL 150",
        "refused",
      ],
      [
        "ALLOW_SNAPSHOT_ISOLATION beside another option is 5082",
        "ALTER DATABASE facts SET ALLOW_SNAPSHOT_ISOLATION ON, RECOVERY SIMPLE",
        [5082, 5069],
      ],
      [
        "ALLOW_SNAPSHOT_ISOLATION with a termination clause is 5083",
        "ALTER DATABASE facts SET ALLOW_SNAPSHOT_ISOLATION ON WITH ROLLBACK IMMEDIATE",
        [5083, 5069],
      ],
      [
        "CHANGE_TRACKING = ON twice is 5088",
        ["ALTER DATABASE facts SET CHANGE_TRACKING = ON", "ALTER DATABASE facts SET CHANGE_TRACKING = ON"],
        [5088, 5069],
      ],
      [
        "CHANGE_TRACKING (...) when off is 5089",
        "ALTER DATABASE facts SET CHANGE_TRACKING (AUTO_CLEANUP = OFF)",
        [5089, 5069],
      ],
      [
        "CHANGE_TRACKING OFF with a tracked table is 22115",
        [
          "ALTER DATABASE facts SET CHANGE_TRACKING = ON",
          "CREATE TABLE dbo.t (a int NOT NULL PRIMARY KEY); ALTER TABLE dbo.t ENABLE CHANGE_TRACKING",
          "ALTER DATABASE facts SET CHANGE_TRACKING = OFF",
        ],
        [22115, 5069],
      ],
      [
        "a write to a read-only database is 3906",
        ["CREATE TABLE dbo.t (a int)", "ALTER DATABASE facts SET READ_ONLY", "INSERT dbo.t VALUES (1)"],
        [3906],
      ],
      [
        "a definition statement in a read-only database is 3906",
        ["ALTER DATABASE facts SET READ_ONLY", "CREATE TABLE dbo.t (a int)"],
        [3906],
      ],
      [
        "change tracking of a table needs the database's (1718)",
        ["CREATE TABLE dbo.t (a int NOT NULL PRIMARY KEY)", "ALTER TABLE dbo.t ENABLE CHANGE_TRACKING"],
        [1718],
      ],
      [
        "change tracking of a table needs a primary key (4997)",
        [
          "ALTER DATABASE facts SET CHANGE_TRACKING = ON",
          "CREATE TABLE dbo.t (a int)",
          "ALTER TABLE dbo.t ENABLE CHANGE_TRACKING",
        ],
        [4997],
      ],
      [
        "a tracked table keeps its primary key (3735)",
        [
          "ALTER DATABASE facts SET CHANGE_TRACKING = ON",
          "CREATE TABLE dbo.t (a int NOT NULL CONSTRAINT pk PRIMARY KEY); ALTER TABLE dbo.t ENABLE CHANGE_TRACKING",
          "ALTER TABLE dbo.t DROP CONSTRAINT pk",
        ],
        [3735, 3727],
      ],
    ],
  },
  {
    sheet: "security 1, 2, 4: logins, users and roles",
    setup: ["CREATE LOGIN lo WITH PASSWORD = 'Str0ng.Passw0rd'", "CREATE USER u FOR LOGIN lo", "CREATE ROLE r"],
    facts: [
      ["a taken login is 15025", "CREATE LOGIN lo WITH PASSWORD = 'Str0ng.Passw0rd'", [15025]],
      ["a short password is 15116-class", "CREATE LOGIN x WITH PASSWORD = 'a'", "refused"],
      [
        "MUST_CHANGE without expiration is refused",
        "CREATE LOGIN x WITH PASSWORD = 'Str0ng.Passw0rd' MUST_CHANGE",
        "refused",
      ],
      [
        "EXPIRATION without policy is 15122",
        "CREATE LOGIN x WITH PASSWORD = 'Str0ng.Passw0rd', CHECK_POLICY = OFF, CHECK_EXPIRATION = ON",
        [15122],
      ],
      ["DROP of a missing login is 15151", "DROP LOGIN z", [15151]],
      [
        "a login that owns a database is 15174",
        [
          "CREATE LOGIN o WITH PASSWORD = 'Str0ng.Passw0rd'; ALTER AUTHORIZATION ON DATABASE::facts TO o",
          "DROP LOGIN o",
        ],
        [15174],
      ],
      ["a taken user is 15023", "CREATE USER u WITHOUT LOGIN", [15023]],
      ["a second user of a login is 15063", "CREATE USER u2 FOR LOGIN lo", [15063]],
      ["an unknown login is 15007", "CREATE USER x FOR LOGIN nobody", [15007]],
      [
        "a password user needs a contained database (33233)",
        "CREATE USER x WITH PASSWORD = 'Str0ng.Passw0rd'",
        [33233],
      ],
      ["a default schema need not be there", "CREATE USER x WITHOUT LOGIN WITH DEFAULT_SCHEMA = nowhere", ok],
      [
        "a new user has CONNECT",
        "SELECT permission_name, state_desc FROM sys.database_permissions WHERE grantee_principal_id = USER_ID('u')",
        rows(["CONNECT", "GRANT"]),
      ],
      ["a user that owns a schema is 15138", ["CREATE SCHEMA s AUTHORIZATION u", "DROP USER u"], [15138]],
      [
        "a user that owns an object is 15183",
        ["CREATE TABLE dbo.t (a int); ALTER AUTHORIZATION ON dbo.t TO u", "DROP USER u"],
        [15183],
      ],
      [
        "a user that granted is 15284",
        [
          "CREATE TABLE dbo.t (a int); CREATE USER x WITHOUT LOGIN; GRANT SELECT ON dbo.t TO u WITH GRANT OPTION",
          "EXECUTE AS USER = 'u'; GRANT SELECT ON dbo.t TO x; REVERT",
          "DROP USER u",
        ],
        [15284],
      ],
      [
        "a user that a module executes as is 15136",
        ["CREATE PROCEDURE dbo.p WITH EXECUTE AS 'u' AS SELECT 1", "DROP USER u"],
        [15136],
      ],
      ["guest is not dropped (15150-class)", "DROP USER guest", "refused"],
      ["dbo is not dropped (15150)", "DROP USER dbo", [15150]],
      ["a taken role is 15023", "CREATE ROLE u", [15023]],
      ["a role with members is 15144", ["ALTER ROLE r ADD MEMBER u", "DROP ROLE r"], [15144]],
      ["a missing member is 15151", "ALTER ROLE r ADD MEMBER z", [15151]],
      ["a fixed role is not dropped (15150)", "DROP ROLE db_owner", [15150]],
      [
        "a circle of roles is 15413-class",
        ["CREATE ROLE q; ALTER ROLE r ADD MEMBER q", "ALTER ROLE q ADD MEMBER r"],
        "refused",
      ],
      [
        "ALTER USER remaps the login",
        [
          "CREATE LOGIN l2 WITH PASSWORD = 'Str0ng.Passw0rd'",
          "ALTER USER u WITH LOGIN = l2",
          "SELECT SUSER_SNAME(sid) FROM sys.database_principals WHERE name = 'u'",
        ],
        rows(["l2"]),
      ],
      ["DENY to a missing user is 15151", "DENY SELECT TO z", [15151]],
      ["GRANT on a missing object is 15151", "GRANT SELECT ON dbo.z TO u", [15151]],
      ["GRANT of EXECUTE on a table is 4606", ["CREATE TABLE dbo.t (a int)", "GRANT EXECUTE ON dbo.t TO u"], [4606]],
      ["GRANT to dbo is 4624", "GRANT SELECT TO dbo", [4624]],
    ],
  },
];
