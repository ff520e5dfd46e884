-- Which stack owns what, written by earlier applies. No rows before the first one.
IF OBJECT_ID(N'iac.object', N'U') IS NOT NULL
  EXEC (N'SELECT o.object_type AS objectType, o.object_name AS objectName, o.owner, o.definition_hash AS definitionHash FROM iac.[object] AS o;');
ELSE
  SELECT TOP (0) N'' AS objectType, N'' AS objectName, N'' AS owner, N'' AS definitionHash;
