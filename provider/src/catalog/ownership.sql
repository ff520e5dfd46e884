-- Which stack owns what, written by earlier applies. No rows before the first one, and none for who may not read it.
IF HAS_PERMS_BY_NAME(N'iac.[object]', N'OBJECT', N'SELECT') = 1
  EXEC (N'SELECT o.object_type AS objectType, o.object_name AS objectName, o.owner, o.definition_hash AS definitionHash FROM iac.[object] AS o;');
ELSE
  SELECT TOP (0) N'' AS objectType, N'' AS objectName, N'' AS owner, N'' AS definitionHash;
