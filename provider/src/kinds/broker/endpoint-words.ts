/**
 * The codes of sys.service_broker_endpoints and the words of CREATE ENDPOINT for them.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-service-broker-endpoints-transact-sql
 */
import { quoteName } from "../../engine/quoting";
import type { BrokerEndpointRow } from "../../engine/snapshot/broker";

export const windowsProtocols = ["ntlm", "kerberos", "negotiate"] as const;
type WindowsProtocol = (typeof windowsProtocols)[number];

export interface EndpointAuthentication {
  readonly windows: WindowsProtocol | undefined;
  readonly certificate: string | undefined;
  /** Which one is tried first where there are both. */
  readonly first: "windows" | "certificate";
}

/** 1 to 3 Windows, 4 a certificate, 5 to 7 Windows and then the certificate, 8 to 10 the certificate and then Windows. */
export function authenticationOf({ authentication, certificate }: BrokerEndpointRow): EndpointAuthentication {
  const protocol =
    authentication === 4 ? undefined : windowsProtocols[(authentication - (authentication > 4 ? 5 : 1)) % 3];
  return {
    windows: protocol,
    certificate: authentication >= 4 ? (certificate ?? "") : undefined,
    first: authentication === 4 || authentication >= 8 ? "certificate" : "windows",
  };
}

export function authenticationClause({ windows, certificate, first }: EndpointAuthentication): string {
  const parts = [
    ...(windows === undefined ? [] : [`WINDOWS ${windows.toUpperCase()}`]),
    ...(certificate === undefined ? [] : [`CERTIFICATE ${quoteName(certificate)}`]),
  ];
  return `AUTHENTICATION = ${(first === "certificate" ? parts.reverse() : parts).join(" ")}`;
}

export const encryptionModes = ["required", "supported", "disabled"] as const;
export const encryptionAlgorithms = ["aes", "rc4", "aes-rc4", "rc4-aes"] as const;

export interface EndpointEncryption {
  readonly mode: (typeof encryptionModes)[number];
  /** Without a meaning where the mode is "disabled". */
  readonly algorithm: (typeof encryptionAlgorithms)[number];
}

const encryptions: readonly EndpointEncryption[] = [
  { mode: "disabled", algorithm: "aes" },
  { mode: "required", algorithm: "rc4" },
  { mode: "required", algorithm: "aes" },
  { mode: "supported", algorithm: "rc4" },
  { mode: "supported", algorithm: "aes" },
  { mode: "required", algorithm: "rc4-aes" },
  { mode: "required", algorithm: "aes-rc4" },
  { mode: "supported", algorithm: "rc4-aes" },
  { mode: "supported", algorithm: "aes-rc4" },
];

export function encryptionOf({ encryption }: BrokerEndpointRow): EndpointEncryption {
  return encryptions[encryption] ?? { mode: "required", algorithm: "aes" };
}

export function encryptionClause({ mode, algorithm }: EndpointEncryption): string {
  if (mode === "disabled") return "ENCRYPTION = DISABLED";
  return `ENCRYPTION = ${mode.toUpperCase()} ALGORITHM ${algorithm.toUpperCase().replace("-", " ")}`;
}
