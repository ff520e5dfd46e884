/* Atoms under the name that lineage queries use. */
CREATE SYNONYM graph.Atom FOR dbo.Atom;
