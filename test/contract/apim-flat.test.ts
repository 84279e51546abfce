import { describeApimContract } from "./apim-contract.ts";
import { startSimulatedApim } from "./simulated-apim.ts";

describeApimContract("direct door, flat", () =>
  startSimulatedApim(({ address }) => ({ kind: "direct", baseUrl: address, apiVersion: "2017-03-01" })),
);
