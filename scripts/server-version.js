"use strict";
/** Prints the version of the server that SQLSERVER_URL names; exit code 1 while it lets nobody in. */
const { connect } = require("mssql");

const url = new URL(process.env.SQLSERVER_URL ?? "");
connect({
  server: url.hostname,
  port: Number(url.port || 1433),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  // Whether the server is up is asked, not who it is.
  options: { trustServerCertificate: true },
})
  .then(async (pool) => {
    const { recordset } = await pool.request().query("SELECT @@VERSION AS version;");
    console.log(recordset[0].version);
    await pool.close();
  })
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
