/* The node of an atom, made when it is not there. */
CREATE PROCEDURE graph.EnsureAtomNode
    @atomId bigint,
    @nodeId bigint = NULL OUTPUT
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON;

    INSERT INTO graph.Node (AtomId)
    SELECT @atomId
    WHERE NOT EXISTS (SELECT 1 FROM graph.Node AS n WITH (UPDLOCK, HOLDLOCK) WHERE n.AtomId = @atomId);

    SET @nodeId = (SELECT n.NodeId FROM graph.Node AS n WHERE n.AtomId = @atomId);
END;
