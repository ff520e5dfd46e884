/* Numbers that customers see. Without a cache no number is lost when the server stops. */
CREATE SEQUENCE billing.InvoiceNumber
    AS bigint
    START WITH 100001
    INCREMENT BY 1
    NO CACHE;
