/** The reference database on the Windows server "hart-desktop", which has FILESTREAM and loads UNSAFE assemblies. */
import { HostDatabase, hostProfile } from "pulumi-sqlserver-components";
import { definition } from "../sql/hartonomous";

export = new HostDatabase("hartonomous", { host: hostProfile(), definition }).outputs;
