// The service itself, as Resource Manager describes it: which tier it is and which versions it still takes.
import { ok } from "./answer.ts";
import type { Handler } from "./call.ts";
import { notFound } from "./errors.ts";
import { etagOf } from "./etag.ts";

export const getService: Handler = (call) => {
  if (call.base === "") return notFound("Resource");
  const name = call.settings.serviceName;
  return ok(200, {
    id: call.base,
    name,
    type: "Microsoft.ApiManagement/service",
    location: "West Europe",
    etag: etagOf(1).slice(1, -1),
    tags: {},
    sku: { name: call.settings.tier, capacity: call.settings.tier === "Consumption" ? 0 : 1 },
    properties: {
      publisherEmail: "admin@contoso.com",
      publisherName: "Contoso",
      provisioningState: "Succeeded",
      gatewayUrl: `https://${name}.azure-api.net`,
      portalUrl: `https://${name}.portal.azure-api.net`,
      developerPortalUrl: `https://${name}.developer.azure-api.net`,
      managementApiUrl: `https://${name}.management.azure-api.net`,
      apiVersionConstraint: { minApiVersion: call.settings.minApiVersion ?? null },
    },
  });
};
