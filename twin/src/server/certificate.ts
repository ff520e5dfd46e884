/** The server's own certificate, as SQL Server makes one when it is given none. A client trusts it by `Twin.certificate`. */
import { generate } from "selfsigned";
import { hostname } from "node:os";
import { isIP } from "node:net";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const VALID_DAYS = 365;

/** For localhost, this machine's name and the host it listens on. */
export async function makeCertificate(host: string): Promise<Certificate> {
  const names = new Set(["localhost", hostname(), ...(isIP(host) ? [] : [host])]);
  const addresses = new Set(["127.0.0.1", "::1", ...(isIP(host) ? [host] : [])]);
  const day = 86_400_000;
  const made = await generate([{ name: "commonName", value: "sqlserver-twin" }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    // Yesterday: clocks of clients in containers may lag.
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + VALID_DAYS * day),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...[...names].map((value) => ({ type: 2 as const, value })),
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}
