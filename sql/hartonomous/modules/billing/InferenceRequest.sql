/* The request behind a usage row, for reports that may only see schema billing. */
CREATE SYNONYM billing.InferenceRequest FOR dbo.InferenceRequest;
