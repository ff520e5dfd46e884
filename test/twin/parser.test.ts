import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseBatch, parseExpression } from "../../twin/src/language/parser";
import { SqlError } from "../../twin/src/session/sql-error";
import { splitBatches } from "../../provider/src/tsql/batches";
import { checkGrammar, shared } from "../shared";

const accepted = `
select 1
select a, b as c, d e, [f] = g, t.*, * from dbo.t as t with (nolock) where a > 1 and (b is not null or not c like 'x%' escape '!')
select top (5) percent with ties x from t order by x desc offset 2 rows
select top 3 x from t order by 1
select x from t order by x offset 2 rows fetch next 5 rows only
select distinct a from t group by rollup (a, b), c having count(*) > 1
select a from t union all (select b from u except select c from v) intersect select 4 order by 1
with c (x) as (select 1 union all select x + 1 from c where x < 10) select * from c option (maxrecursion 10)
select row_number() over (partition by a order by b desc rows between unbounded preceding and current row) from t
select string_agg(a, ',') within group (order by b) from t
select case a when 1 then 'x' else null end, case when a = 1 then 2 end, iif(a = 1, 2, 3), coalesce(a, b), cast(a as nvarchar(max)), convert(decimal(18, 2), a), try_convert(int, a, 1), convert(varchar(30), getdate(), 126)
select * from a inner join b on a.x = b.x left outer join c on c.y = b.y cross join d full join e on 1 = 1
select * from a left join b inner join c on b.x = c.x on a.x = b.x
select * from t cross apply dbo.f(t.x) as g outer apply (select top 1 * from u where u.x = t.x) h
select * from (values (1, 'a'), (2, 'b')) as v(x, y)
select * from openjson(@j) with (a int '$.a', b nvarchar(max) '$.b' as json) j
select * from t for json path, root('x'), include_null_values
select (select 1), exists_ from t where exists (select 1 from u) and a in (1, 2, 3) and b not in (select c from v) and d between 1 and 2 and e >= all (select 1)
select next value for dbo.s, @@rowcount, @x + 1, -a, ~b, a & b | c ^ d, 0xAF, $1.5, 1e5, N'x' collate Latin1_General_BIN2
select trim(both 'x' from a), trim(a), left(a, 1), right(a, 1), current_timestamp, user from t
select a at time zone 'UTC' from t
select * from t as x pivot (sum(v) for k in ([a], [b])) p
insert into dbo.t (a, b) values (1, default), (2, 'x')
insert t default values
insert t select a from u
insert t (a) output inserted.id into @x (id) exec dbo.p 1
update t set a = 1, b += 2, @v = c = 3 from dbo.t t join u on u.x = t.x where t.y = 1
update top (10) t set a = null output deleted.a, inserted.a
delete from t where a = 1
delete t from dbo.t t join u on t.x = u.x
with c as (select 1 x) delete t where a in (select x from c)
merge dbo.t as t using (select 1 a) as s on t.a = s.a when matched and t.b = 1 then update set b = s.a when not matched by target then insert (a) values (s.a) when not matched by source then delete output $action;
truncate table dbo.t
exec dbo.p @a = 1, @b = @x output, @c = default
exec @r = sp_executesql N'select @a', N'@a int', @a = 1
execute ('select ' + @x)
exec sp_rename 'a.b', 'c', 'COLUMN'
declare @a int = 1, @b nvarchar(50); declare @t table (id int primary key, x int null)
set @a = 5; set @a += 1
set nocount on; set ansi_nulls, quoted_identifier on; set lock_timeout 5000; set transaction isolation level snapshot; set identity_insert dbo.t on; set xact_abort on
if @a = 1 begin print 'x' end else if @a = 2 select 2; else select 3
while @a < 10 begin set @a += 1; if @a = 5 break; continue end
begin try select 1/0 end try begin catch throw; end catch
begin try select 1 end try begin catch if @@trancount > 0 rollback; throw 50001, 'x', 1 end catch
begin tran; save tran s1; rollback tran s1; commit transaction
raiserror('x %d', 16, 1, @a) with nowait
waitfor delay '00:00:01'
declare c cursor local fast_forward for select a from t; open c; fetch next from c into @a; close c; deallocate c
use master
goto done; done: select 1
execute as user = 'x'; revert
dbcc checkident ('dbo.t', reseed, 5)
create table dbo.t (id int identity(1, 1) not null constraint pk primary key clustered, a nvarchar(50) collate Latin1_General_CI_AS null default (N'x'), b as (a + 'y') persisted not null, c decimal(18, 2) not null constraint df default 0, constraint ck check (c >= 0), constraint uq unique nonclustered (a desc) with (fillfactor = 80) on [PRIMARY], constraint fk foreign key (id) references dbo.u (id) on delete cascade on update set null, index ix (a) include (c) where c > 0) on [FG1] textimage_on [PRIMARY] with (data_compression = page)
create table t (a int references u, b rowversion, c timestamp, d uniqueidentifier rowguidcol not null default newsequentialid(), e varbinary(max) null, f xml, g sql_variant sparse null, h datetime2(3) not null)
create table t (a int not null primary key, s datetime2 generated always as row start hidden not null, e datetime2 generated always as row end not null, period for system_time (s, e)) with (system_versioning = on (history_table = dbo.h, history_retention_period = 90 days))
alter table t add a int null, b int not null constraint df default 0 with values, constraint ck check (a > 0)
alter table t with check add constraint fk foreign key (a) references u (b)
alter table t with nocheck add check (a > 0)
alter table t alter column a nvarchar(100) collate Latin1_General_CI_AS not null
alter table t alter column a add persisted
alter table t drop column a, b
alter table t drop constraint if exists x, column y
alter table t drop constraint pk with (online = off)
alter table t with check check constraint all
alter table t nocheck constraint fk
alter table t disable trigger all
alter table t switch partition 1 to u partition 2
alter table t rebuild with (data_compression = page, online = on)
alter table t rebuild partition = all with (data_compression = row)
alter table t set (lock_escalation = auto)
alter table t set (system_versioning = off)
alter table t add period for system_time (a, b)
create unique nonclustered index ix on dbo.t (a desc, b) include (c) where a > 1 with (drop_existing = on, online = on, fillfactor = 70) on [FG]
create clustered columnstore index cci on t
create nonclustered columnstore index ncci on t (a, b)
alter index ix on t rebuild with (fillfactor = 80)
alter index all on t disable
alter index ix on t set (ignore_dup_key = on)
drop index ix on t, ix2 on u
drop index if exists ix on t
create statistics s on t (a, b) with fullscan, norecompute
update statistics t s with sample 10 percent
drop table if exists a, b.c
drop view v
drop type dbo.x
create schema [s] authorization dbo
alter schema s transfer dbo.t
alter schema s transfer type::dbo.t
create sequence dbo.s as bigint start with 1 increment by -1 minvalue -5 no maxvalue cycle cache 10
alter sequence s restart with 5
create synonym dbo.s for [a].[b].[c]
create type dbo.t from nvarchar(20) not null
create type dbo.t as table (id int not null primary key nonclustered, x int, index ix (x))
create database [x y] containment = partial on primary (name = a, filename = '/x/a.mdf', size = 8MB, maxsize = unlimited, filegrowth = 10%), filegroup FG1 (name = b, filename = '/x/b.ndf'), filegroup FG2 contains filestream (name = fs, filename = '/x/fs') log on (name = l, filename = '/x/l.ldf', size = 8 MB) collate Latin1_General_BIN2
alter database x set recovery simple with no_wait
alter database current set read_committed_snapshot on with rollback immediate
alter database x set query_store = on (operation_mode = read_write, max_storage_size_mb = 500)
alter database x set query_store (operation_mode = read_only)
alter database x set query_store = off
alter database x set target_recovery_time = 60 seconds
alter database x set allow_snapshot_isolation on
alter database x set accelerated_database_recovery = on
alter database x set compatibility_level = 160
alter database x set delayed_durability = allowed
alter database x set change_tracking = on (change_retention = 2 days, auto_cleanup = on)
alter database x set enable_broker with rollback after 5 seconds
alter database x add file (name = f, filename = 'x') to filegroup g
alter database x add log file (name = f, filename = 'x')
alter database x modify file (name = f, size = 20MB)
alter database x remove file f
alter database x add filegroup g contains memory_optimized_data
alter database x modify filegroup g default
alter database x modify filegroup g autogrow_all_files
alter database x remove filegroup g
alter database x modify name = [y z]
alter database x collate Latin1_General_CI_AS
alter database scoped configuration set maxdop = 4
create login l with password = 'x', default_database = master, check_policy = off
alter login l disable
create user u for login l with default_schema = dbo
create user u without login
create role r authorization dbo
alter role r add member u
grant select, update (a, b) on dbo.t to u with grant option
grant select on dbo.t (a) to u
deny execute on schema::dbo to public
revoke grant option for select on object::dbo.t from u cascade
grant create table, view definition to u
alter authorization on schema::s to dbo
alter authorization on database::d to sa
enable trigger tr on dbo.t
disable trigger all on database
create partition function pf (int) as range right for values (1, 2, 3)
create partition scheme ps as partition pf all to ([PRIMARY])
alter partition function pf() split range (5)
alter partition scheme ps next used [FG]
create procedure dbo.p @a int = 1, @b nvarchar(max) = null output, @t dbo.tt readonly with recompile, execute as owner as begin set nocount on; select @a; return 0 end
create or alter function dbo.f (@a int, @b int = 5) returns int with schemabinding as begin declare @x int = @a; return @x + @b end
create function dbo.f (@a int) returns table as return (select @a as a)
alter function dbo.f () returns @r table (id int primary key, x nvarchar(10) null) as begin insert @r values (1, 'x'); return end
create view dbo.v (a, b) with schemabinding, view_metadata as with c as (select 1 x) select x, 2 from c with check option
create trigger dbo.tr on dbo.t after insert, update not for replication as select 1
create trigger dbo.tr on dbo.t instead of delete as begin select * from deleted end
create trigger tr on database for create_table, drop_table as print 'x'
create proc p as select 1; exec ('x'); begin tran; commit
`
  .trim()
  .split("\n");

const refused: [sql: string, error: number][] = [
  ["selec 1 2", 102],
  ["select from", 156],
  ["select 1 from t where", 102],
  ["select a b c from t", 102],
  ["select 'abc", 105],
  ["select [abc", 105],
  ["/* x", 113],
  ["create table t (a int,, b int)", 102],
  ["create table t (select int)", 156],
  ["select 1; create view v as select 1 x", 111],
  ["select 1 create proc p as select 1", 111],
  ["create view a.b.c as select 1 x", 166],
  ["merge t using u on 1 = 1 when matched then delete", 10713],
  ["select 1 with c as (select 1 x) select * from c", 319],
  ["break", 135],
  ["declare @a int, @t table (x int)", 156],
  ["create clustered index ix on t (a) where a > 1", 156],
  ["begin select 1", 102],
  ["if 1 = 1", 102],
  ["return 5", 178],
  ["update t a = 1", 102],
  ["alter table t alter column a", 102],
  ["drop table", 102],
  ["alter database x modify filegroup g sideways", 102],
  ["begin end", 156],
  ["create function f (@a int) returns int as select 1", 156],
];

describe("parser", () => {
  for (const sql of accepted)
    it(`reads ${sql.slice(0, 90)}`, () => {
      if (sql.includes("not for replication as select"))
        return assert.throws(() => parseBatch(sql), /does not implement/);
      assert.ok(parseBatch(sql).statements.length > 0);
    });
  for (const [sql, number] of refused)
    it(`refuses ${sql} with ${number}`, () =>
      assert.throws(
        () => parseBatch(sql),
        (e) => e instanceof SqlError && e.number === number && e.line !== undefined,
      ));
  it("agrees with Microsoft's grammar", function () {
    const tool = shared(this, "tools", "tsqlcheck");
    const batches = [...accepted, ...refused.map(([sql]) => sql)];
    const verdicts = checkGrammar(tool, batches);
    // Rules of the server's binder that the grammar alone does not know.
    const beyondGrammar = new Set([
      "select 1 with c as (select 1 x) select * from c",
      "merge t using u on 1 = 1 when matched then delete",
      "break",
      "return 5",
      "create view a.b.c as select 1 x",
    ]);
    const wrong = batches.filter((sql, i) => verdicts[i]!.ok !== i < accepted.length && !beyondGrammar.has(sql));
    assert.deepEqual(
      wrong.map((sql) => `${sql} -- ${JSON.stringify(verdicts[batches.indexOf(sql)]!.errors[0])}`),
      [],
    );
  });
  it("reads real EF Core scripts and finds the bare CREATE VIEW", function () {
    const folder = shared(this, "samples", "ef-migrations");
    for (const file of readdirSync(folder)) {
      const failures = splitBatches(readFileSync(join(folder, file), "utf8").replace(/^\uFEFF/, "")).flatMap(
        (batch) => {
          try {
            parseBatch(batch.text);
            return [];
          } catch (error) {
            return [batch.line + (error as SqlError).line! - 1];
          }
        },
      );
      assert.deepEqual(failures, file.includes("bare-create-view") ? [133] : [], file);
    }
  });
  it("says the line of an error", () =>
    assert.throws(
      () => parseBatch("select 1\n\nselect select"),
      (e) => (e as SqlError).line === 3,
    ));
  it("never crashes or hangs on damaged text", () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 48271) % 2147483647) % n;
    for (let i = 0; i < 3000; i++) {
      const words = accepted[random(accepted.length)]!.split(" ");
      words.splice(random(words.length), 1 + random(2));
      try {
        parseBatch(words.join(" "));
      } catch (error) {
        assert.ok(error instanceof SqlError, `${words.join(" ")}: ${(error as Error).stack}`);
      }
    }
  });
  it("keeps precedence", () => {
    const e = parseExpression("1 + 2 * 3 = 7 and not a = 1 or b = 2");
    assert.equal(e.kind, "or");
    assert.ok(
      e.kind === "or" && e.left.kind === "and" && e.left.left.kind === "comparison" && e.left.right.kind === "not",
    );
  });
});
