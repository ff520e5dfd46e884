import { brokerCases } from "./broker-cases";
import { proveLaw } from "./law";

proveLaw("Service Broker", brokerCases);
