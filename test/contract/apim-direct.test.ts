import { describeApimContract } from "./apim-contract.ts";
import { startSimulatedApim } from "./simulated-apim.ts";

describeApimContract("direct door, paths of Azure Resource Manager", () =>
  startSimulatedApim(({ address }) => ({ kind: "direct", baseUrl: address, apiVersion: "2021-08-01" })),
);
