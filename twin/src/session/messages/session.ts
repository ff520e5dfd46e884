/** Errors of logins, sessions, transactions, locks and control flow. Source: sql-docs, database engine events and errors, by number. */
import { defineMessages } from "../messages";

defineMessages({
  2520: [
    16,
    "Could not find database '%1'. The database either does not exist, or was dropped before a statement tried to use it. Verify if the database exists by querying the sys.databases catalog view.",
  ],
  507: [16, "Invalid argument for SET ROWCOUNT. Must be a non-null non-negative integer."],
  266: [
    16,
    "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %1, current count = %2.",
  ],
  596: [21, "Cannot continue the execution because the session is in the kill state."],
  701: [17, "There is insufficient system memory in resource pool 'default' to run this query."],
  916: [14, 'The server principal "%1" is not able to access the database "%2" under the current security context.'],
  924: [14, "Database '%1' is already open and can only have one user at a time."],
  942: [14, "Database '%1' cannot be opened because it is offline."],
  1205: [
    13,
    "Transaction (Process ID %1) was deadlocked on %2 resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
  ],
  1222: [16, "Lock request time out period exceeded."],
  1223: [
    16,
    "Cannot release the application lock (Database Principal: '%1', Resource: '%2') because it is not currently held.",
  ],
  2601: [14, "Cannot insert duplicate key row in object '%1' with unique index '%2'. The duplicate key value is %3."],
  2627: [
    14,
    "Violation of %1 constraint '%2'. Cannot insert duplicate key in object '%3'. The duplicate key value is %4.",
  ],
  2754: [
    16,
    "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.",
  ],
  2812: [16, "Could not find stored procedure '%1'."],
  2745: [10, "Process ID %1 has raised user error %2, severity %3. SQL Server is terminating this process."],
  3604: [0, "Duplicate key was ignored."],
  3609: [16, "The transaction ended in the trigger. The batch has been aborted."],
  3616: [
    16,
    "An error was raised during trigger execution. The batch has been aborted and the user transaction, if any, has been rolled back.",
  ],
  3902: [16, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."],
  3903: [16, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."],
  3915: [16, "Cannot use the ROLLBACK statement within an INSERT-EXEC statement."],
  3930: [
    16,
    "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.",
  ],
  3931: [
    16,
    "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.",
  ],
  3998: [16, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back."],
  628: [16, "Cannot issue SAVE TRANSACTION when there is no active transaction."],
  4060: [11, 'Cannot open database "%1" requested by the login. The login failed.'],
  6104: [16, "Cannot use KILL to kill your own process."],
  6106: [16, "Process ID %1 is not an active process ID."],
  6401: [16, "Cannot roll back %1. No transaction or savepoint of that name was found."],
  8143: [16, "Parameter '%1' was supplied multiple times."],
  8145: [16, "%1 is not a parameter for procedure %2."],
  8146: [16, "Procedure %1 has no parameters and arguments were supplied."],
  8162: [
    16,
    'The formal parameter "%1" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.',
  ],
  8164: [16, "An INSERT EXEC statement cannot be nested."],
  8178: [16, "The parameterized query '%1' expects the parameter '%2', which was not supplied."],
  8179: [16, "Could not find prepared statement with handle %1."],
  119: [
    15,
    "Must pass parameter number %1 and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.",
  ],
  133: [15, "A GOTO statement references the label '%1' but the label has not been declared."],
  132: [
    15,
    "The label '%1' has already been declared. Label names must be unique within a query batch or stored procedure.",
  ],
  148: [15, "Incorrect time syntax in time string '%1' used with WAITFOR."],
  10704: [
    16,
    "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
  ],
  35100: [
    16,
    "Error number %1 in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.",
  ],
  15517: [
    16,
    'Cannot execute as the database principal because the principal "%1" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
  ],
  15406: [
    16,
    'Cannot execute as the server principal because the principal "%1" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
  ],
  16915: [16, "A cursor with the name '%1' already exists."],
  16916: [16, "A cursor with the name '%1' does not exist."],
  16917: [16, "Cursor is not open."],
  16905: [16, "The cursor is already open."],
  16911: [16, "%1: The fetch type %2 cannot be used with forward only cursors."],
  16924: [16, "Cursorfetch: The number of variables declared in the INTO list must match that of selected columns."],
  18054: [
    16,
    "Error %1, severity %2, state %3 was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.",
  ],
  18456: [14, "Login failed for user '%1'."],
  18470: [14, "Login failed for user '%1'. Reason: The account is disabled."],
  229: [14, "The %1 permission was denied on the object '%2', database '%3', schema '%4'."],
  230: [14, "The %1 permission was denied on the column '%2' of the object '%3', database '%4', schema '%5'."],
  262: [14, "%1 permission denied in database '%2'."],
  297: [16, "The user does not have permission to perform this action."],
  300: [14, "%1 permission was denied on object '%2', database '%3'."],
  15123: [16, "The configuration option '%1' does not exist, or it may be an advanced option."],
  15129: [16, "'%1' is not a valid value for configuration option '%2'."],
  15247: [16, "User does not have permission to perform this action."],
  2528: [10, "DBCC execution completed. If DBCC printed error messages, contact your system administrator."],
  5701: [0, "Changed database context to '%1'."],
  5703: [0, "Changed language setting to %1."],
});

/** RAISERROR, SET, DBCC CHECKIDENT and SHRINKFILE, EXECUTE and bulk load. */
defineMessages({
  154: [15, "%1 is not allowed in a procedure, function or trigger."],
  179: [15, "Cannot use the OUTPUT option when passing a constant to a stored procedure."],
  2501: [16, 'Cannot find a table or object with the name "%1". Check the system catalog.'],
  2555: [16, 'Cannot move all contents of file "%1" to other places to complete the emptyfile operation.'],
  2560: [16, "Parameter %1 is incorrect for this DBCC statement."],
  2732: [16, "Error number %1 is invalid. The number must be from %2 through %3 and it cannot be %4."],
  2741: [16, "SET DATEFORMAT date order '%1' is invalid."],
  2742: [16, "SET DATEFIRST %1 is out of range."],
  2755: [
    16,
    "SET DEADLOCK_PRIORITY option is invalid. Valid options are {HIGH | NORMAL | LOW | [%1 ... %2] of type integer}.",
  ],
  2756: [16, "Invalid value %1 for state. Valid range is from %2 to %3."],
  2786: [
    16,
    "The data type of substitution parameter %1 does not match the expected type of the format specification.",
  ],
  2787: [16, "Invalid format specification: '%1'."],
  4022: [16, "Bulk load data was expected but not sent. The batch will be terminated."],
  7997: [16, "'%1' does not contain an identity column."],
  7998: [10, "Checking identity information: current identity value '%1', current column value '%2'."],
  8920: [
    16,
    "Cannot perform a %1 operation inside a user transaction. Terminate the transaction and reissue the statement.",
  ],
  8985: [
    16,
    "Could not locate file '%1' for database '%2' in sys.database_files. The file either does not exist, or was dropped.",
  ],
  8106: [16, "Table '%1' does not have the identity property. Cannot perform SET operation."],
  8107: [16, "IDENTITY_INSERT is already ON for table '%1'. Cannot perform SET operation for table '%2'."],
});

/** System procedures. */
defineMessages({
  15009: [16, "The object '%1' does not exist in database '%2' or is invalid for this operation."],
  15197: [16, "There is no text for object '%1'."],
  15457: [0, "Configuration option '%1' changed from %2 to %3. Run the RECONFIGURE statement to install."],
  15471: [10, "The text for object '%1' is encrypted."],
  15600: [15, "An invalid parameter or option was specified for procedure '%1'."],
  15626: [10, "You attempted to acquire a transactional application lock without an active transaction."],
  15664: [16, "Cannot set key '%1' in the session context. The key has been set as read_only for this session."],
});
