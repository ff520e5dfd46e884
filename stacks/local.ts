/** The reference database on the server "local": the twin of `npm run up`, or any server that SQLSERVER_LOCAL names. */
import { HostDatabase, hostProfile } from "pulumi-sqlserver-components";
import { definition } from "../sql/hartonomous";

export = new HostDatabase("hartonomous", { host: hostProfile(), definition }).outputs;
