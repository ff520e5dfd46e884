// A program that uses the twin by go-mssqldb as any program uses SQL Server. It prints one JSON object; the test judges it.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
)

type answer struct {
	Rows      int      `json:"rows"`
	Sum       int64    `json:"sum"`
	First     []string `json:"first"`
	Null      bool     `json:"null"`
	Errors    []int32  `json:"errors"`
	Rolled    int      `json:"rolledBack"`
	Cancelled bool     `json:"cancelled"`
	After     int      `json:"after"`
}

func main() {
	result, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = json.NewEncoder(os.Stdout).Encode(result)
}

func number(err error) int32 {
	var failure mssql.Error
	if errors.As(err, &failure) {
		return failure.Number
	}
	return -1
}

func run() (*answer, error) {
	query := url.Values{}
	query.Add("encrypt", os.Getenv("TWIN_ENCRYPT"))
	if file := os.Getenv("TWIN_CERTIFICATE"); file != "" {
		query.Add("certificate", file)
	}
	query.Add("database", "master")
	address := &url.URL{
		Scheme:   "sqlserver",
		User:     url.UserPassword("sa", os.Getenv("TWIN_PASSWORD")),
		Host:     "localhost:" + os.Getenv("TWIN_PORT"),
		RawQuery: query.Encode(),
	}
	db, err := sql.Open("sqlserver", address.String())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	table := os.Getenv("TWIN_TABLE")
	create := "create table " + table + " (Id int not null constraint PK_" + table + " primary key, Name nvarchar(50) null, Price decimal(10,2) not null, Made datetime2(3) not null, Raw varbinary(max) null)"
	if _, err := db.ExecContext(ctx, create); err != nil {
		return nil, fmt.Errorf("create: %w", err)
	}
	made := time.Date(2024, 2, 29, 13, 14, 15, 123_000_000, time.UTC)
	insert := "insert into " + table + " (Id, Name, Price, Made, Raw) values (@id, @name, @price, @made, @raw)"
	for i := 1; i <= 1000; i++ {
		name := sql.NullString{String: fmt.Sprintf("näme %d", i), Valid: i%2 == 1}
		if _, err := db.ExecContext(ctx, insert, sql.Named("id", i), sql.Named("name", name), sql.Named("price", fmt.Sprintf("%d.25", i)), sql.Named("made", made), sql.Named("raw", []byte{byte(i), 0})); err != nil {
			return nil, fmt.Errorf("insert %d: %w", i, err)
		}
	}
	out := &answer{}
	rows, err := db.QueryContext(ctx, "select Id, Name, Price, Made, Raw from "+table+" where Id >= @from order by Id", sql.Named("from", 1))
	if err != nil {
		return nil, fmt.Errorf("select: %w", err)
	}
	for rows.Next() {
		var id int64
		var name sql.NullString
		var price string
		var when time.Time
		var raw []byte
		if err := rows.Scan(&id, &name, &price, &when, &raw); err != nil {
			return nil, err
		}
		out.Rows++
		out.Sum += id
		if id == 1 {
			out.First = []string{name.String, price, when.Format(time.RFC3339Nano), fmt.Sprintf("%x", raw)}
		}
		if id == 2 {
			out.Null = !name.Valid
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	_, err = db.ExecContext(ctx, insert, sql.Named("id", 1), sql.Named("name", "x"), sql.Named("price", "1"), sql.Named("made", made), sql.Named("raw", []byte{1}))
	out.Errors = append(out.Errors, number(err))
	_, err = db.ExecContext(ctx, "select * from dbo.DoesNotExist")
	out.Errors = append(out.Errors, number(err))

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "delete from "+table); err != nil {
		return nil, err
	}
	if err := tx.Rollback(); err != nil {
		return nil, fmt.Errorf("rollback: %w", err)
	}
	if err := db.QueryRowContext(ctx, "select count(*) from "+table).Scan(&out.Rolled); err != nil {
		return nil, err
	}

	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err = db.ExecContext(short, "waitfor delay '00:00:30'")
	out.Cancelled = err != nil && short.Err() != nil
	if err := db.QueryRowContext(ctx, "select 7").Scan(&out.After); err != nil {
		return nil, err
	}
	return out, nil
}
