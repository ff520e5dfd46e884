/* Numbers for billing.Usage. Gaps do no harm, so a large cache is fine. */
CREATE SEQUENCE billing.UsageNumber
    AS bigint
    START WITH 1
    INCREMENT BY 1
    CACHE 1000;
