/** The machine and the space that databases take. sql-docs, SQL Server operating system related dynamic management views. */
import { cpus, totalmem } from "node:os";
import { datetime, view, type ViewDefinition } from "../view";
import { demandServerState } from "./sessions";

export const hostViews: readonly ViewDefinition[] = [
  view(
    "dm_os_sys_info",
    "system-dynamic-management-views/sys-dm-os-sys-info-transact-sql",
    `cpu_ticks bigint, ms_ticks bigint, cpu_count int, hyperthread_ratio int, physical_memory_kb bigint, virtual_memory_kb bigint, committed_kb bigint,
    committed_target_kb bigint, visible_target_kb bigint, stack_size_in_bytes int, os_quantum bigint, os_error_mode int, os_priority_class int?, max_workers_count int,
    scheduler_count int, scheduler_total_count int, deadlock_monitor_serial_number int, sqlserver_start_time_ms_ticks bigint, sqlserver_start_time datetime,
    affinity_type int, affinity_type_desc nvarchar(60), process_kernel_time_ms bigint, process_user_time_ms bigint, time_source int, time_source_desc nvarchar(60),
    virtual_machine_type int, virtual_machine_type_desc nvarchar(60), softnuma_configuration int, softnuma_configuration_desc nvarchar(60),
    process_physical_affinity nvarchar(3072), sql_memory_model int, sql_memory_model_desc nvarchar(120), socket_count int, cores_per_socket int, numa_node_count int`,
    function* ({ session, server }) {
      demandServerState(session, "PERFORMANCE");
      const processors = cpus().length || 1;
      const memory = BigInt(Math.floor(totalmem() / 1024));
      const milliseconds = BigInt(Math.floor(performance.now()));
      const { user, system } = process.cpuUsage();
      yield [
        milliseconds * 1_000_000n,
        milliseconds,
        processors,
        1,
        memory,
        memory,
        BigInt(Math.floor(process.memoryUsage().rss / 1024)),
        memory,
        memory,
        2093056,
        4n,
        5,
        null,
        512,
        processors,
        processors,
        0,
        0n,
        datetime(server.started),
        2,
        "AUTO",
        BigInt(Math.floor(system / 1000)),
        BigInt(Math.floor(user / 1000)),
        0,
        "QUERY_PERFORMANCE_COUNTER",
        0,
        "NONE",
        0,
        "OFF",
        "",
        1,
        "CONVENTIONAL",
        1,
        processors,
        1,
      ];
    },
  ),
  view(
    "dm_os_host_info",
    "system-dynamic-management-views/sys-dm-os-host-info-transact-sql",
    `host_platform nvarchar(256), host_distribution nvarchar(256), host_release nvarchar(256), host_service_pack_level nvarchar(256), host_sku int?, os_language_version int,
    host_architecture nvarchar(256) @2022`,
    function* ({ server, session }) {
      // Until SQL Server 2019 public may read it.
      if (server.version !== "2019") demandServerState(session, "PERFORMANCE");
      if (server.platform === "linux") yield ["Linux", "sqlserver-twin", "", "", null, 0, "X64"];
      else yield ["Windows", "sqlserver-twin", "10.0", "", 7, 1033, "X64"];
    },
  ),
  view(
    "dm_db_log_space_usage",
    "system-dynamic-management-views/sys-dm-db-log-space-usage-transact-sql",
    `database_id smallint, total_log_size_in_bytes bigint, used_log_space_in_bytes bigint, used_log_space_in_percent real, log_space_in_bytes_since_last_backup bigint`,
    function* ({ session, database }) {
      session.demand("VIEW DATABASE STATE", { kind: "database", database });
      let pages = 0;
      for (const file of database.files.values()) if (file.type === "LOG") pages += file.sizePages;
      // The twin writes no log; what a new database uses stands for it.
      const used = 524288n;
      yield [database.id, BigInt(pages) * 8192n, used, pages === 0 ? 0 : (Number(used) * 100) / (pages * 8192), 0n];
    },
  ),
  view(
    "dm_db_file_space_usage",
    "system-dynamic-management-views/sys-dm-db-file-space-usage-transact-sql",
    `database_id smallint, file_id smallint, filegroup_id smallint, total_page_count bigint, allocated_extent_page_count bigint, unallocated_extent_page_count bigint,
    version_store_reserved_page_count bigint, user_object_reserved_page_count bigint, internal_object_reserved_page_count bigint, mixed_extent_page_count bigint,
    modified_extent_page_count bigint`,
    function* ({ session, database }) {
      session.demand("VIEW DATABASE STATE", { kind: "database", database });
      for (const file of database.files.values())
        if (file.type === "ROWS")
          yield [
            database.id,
            file.id,
            file.dataSpaceId,
            BigInt(file.sizePages),
            BigInt(Math.min(file.sizePages, 320)),
            BigInt(Math.max(0, file.sizePages - 320)),
            0n,
            0n,
            0n,
            0n,
            0n,
          ];
    },
  ),
  view(
    "dm_server_services",
    "system-dynamic-management-views/sys-dm-server-services-transact-sql",
    `servicename nvarchar(256), startup_type int?, startup_type_desc nvarchar(256), status int?, status_desc nvarchar(256), process_id int?,
    last_startup_time datetimeoffset(7)?, service_account nvarchar(256), filename nvarchar(256), is_clustered nvarchar(1), cluster_nodename nvarchar(256)?,
    instant_file_initialization_enabled nvarchar(1)`,
    function* ({ session, server }) {
      demandServerState(session, "SECURITY");
      yield [
        "SQL Server (MSSQLSERVER)",
        2,
        "Automatic",
        4,
        "Running",
        process.pid,
        server.started,
        "sqlserver-twin",
        "sqlserver-twin",
        "N",
        null,
        "Y",
      ];
    },
  ),
];
