-- Members of database roles.
-- https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-database-role-members-transact-sql
SELECT m.role_principal_id AS roleId, m.member_principal_id AS memberId FROM sys.database_role_members AS m;
