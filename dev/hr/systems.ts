// The simulated HR systems: a row for each.
import { createBamboohrSystem } from "./bamboohr-system.ts";
import { createCsvSystem } from "./csv-system.ts";
import { createGraphSystem } from "./graph-system.ts";
import { createHibobSystem } from "./hibob-system.ts";
import type { HrSystem } from "./hr-system.ts";
import { createJsonSystem } from "./json-system.ts";
import { createPersonioSystem } from "./personio-system.ts";
import { createScimSystem } from "./scim-system.ts";
import { createSuccessFactorsSystem } from "./successfactors-system.ts";
import { createWorkdaySystem } from "./workday-system.ts";

export const hrSystems: Readonly<Record<string, () => HrSystem>> = {
  bamboohr: createBamboohrSystem,
  csv: createCsvSystem,
  graph: createGraphSystem,
  hibob: createHibobSystem,
  json: createJsonSystem,
  personio: createPersonioSystem,
  scim: createScimSystem,
  successfactors: createSuccessFactorsSystem,
  workday: createWorkdaySystem,
};
