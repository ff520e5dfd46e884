"""Uses the twin by python-tds as any program uses SQL Server. Prints one JSON object; the test judges it."""
import datetime
import decimal
import json
import os

import pytds


def number(connection, statement, parameters=()):
    """The error number with which a statement ends."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement, parameters)
        except pytds.tds_base.Error as error:
            return error.number
    return 0


def main():
    options = {}
    if os.environ.get("TWIN_CERTIFICATE"):
        options = {"cafile": os.environ["TWIN_CERTIFICATE"], "enc_login_only": os.environ.get("TWIN_LOGIN_ONLY") == "1"}
    connection = pytds.connect(
        dsn="localhost", port=int(os.environ["TWIN_PORT"]), user="sa", password=os.environ["TWIN_PASSWORD"], database="master", autocommit=True, **options
    )
    table = os.environ["TWIN_TABLE"]
    answer = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"create table {table} (Id int not null constraint PK_{table} primary key, Name nvarchar(50) null, Price decimal(10,2) not null, Made datetime2(3) not null, Raw varbinary(max) null)"
        )
        made = datetime.datetime(2024, 2, 29, 13, 14, 15, 123000)
        for i in range(1, 1001):
            cursor.execute(
                f"insert into {table} (Id, Name, Price, Made, Raw) values (%s, %s, %s, %s, %s)",
                (i, f"näme {i}" if i % 2 else None, decimal.Decimal(f"{i}.25"), made, pytds.Binary(bytes([i % 256, 0]))),
            )
        cursor.execute(f"select Id, Name, Price, Made, Raw from {table} where Id >= %s order by Id", (1,))
        rows = cursor.fetchall()
    answer["rows"] = len(rows)
    answer["sum"] = sum(row[0] for row in rows)
    answer["first"] = [rows[0][1], str(rows[0][2]), rows[0][3].isoformat(), rows[0][4].hex()]
    answer["null"] = rows[1][1] is None
    duplicate = f"insert into {table} (Id, Name, Price, Made) values (%s, N'x', 1, '2024-01-01')"
    answer["errors"] = [number(connection, duplicate, (1,)), number(connection, "select * from dbo.DoesNotExist")]
    connection.autocommit = False
    with connection.cursor() as cursor:
        cursor.execute(f"delete from {table}")
        connection.rollback()
        cursor.execute(f"select count(*) from {table}")
        answer["rolledBack"] = cursor.fetchone()[0]
        cursor.execute("select 7")
        answer["after"] = cursor.fetchone()[0]
    connection.close()
    print(json.dumps(answer))


main()
