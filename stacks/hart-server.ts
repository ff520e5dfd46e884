/** The reference database on the Linux server "hart-server". */
import { HostDatabase, hostProfile } from "pulumi-sqlserver-components";
import { definition } from "../sql/hartonomous";

export = new HostDatabase("hartonomous", { host: hostProfile(), definition }).outputs;
