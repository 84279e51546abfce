import { describe, expect, it } from "vitest";
import { redactId, redactUrl, shownResponseHeaders } from "../../shared/http/redact.ts";

describe("redactId", () => {
  it("keeps an id and hides one that is written like an address", () => {
    expect(redactId("rc-abc")).toBe("rc-abc");
    expect(redactId("ann@example.com")).toBe("REDACTED");
    expect(redactId("ann%40example.com")).toBe("REDACTED");
  });
});

describe("redactUrl", () => {
  it("shows only query parameters of the allow-list and no addresses in the path", () => {
    const url = "https://apim.example/users/ann%40example.com/groups?api-version=2024-05-01&%24top=5&token=abc&sig=def";

    expect(redactUrl(url)).toBe(
      "https://apim.example/users/REDACTED/groups?api-version=2024-05-01&$top=5&token=REDACTED&sig=REDACTED",
    );
  });

  it("drops user name and password", () => {
    expect(redactUrl("https://ann:secret@apim.example/users")).toBe("https://apim.example/users");
  });
});

describe("shownResponseHeaders", () => {
  it("shows only headers of the allow-list", () => {
    const headers = new Map([
      ["x-ms-request-id", "r1"],
      ["ocp-apim-sas-token", "secret"],
      ["set-cookie", "secret"],
      ["location", "https://apim.example/?token=secret"],
    ]);

    expect(shownResponseHeaders(headers)).toEqual({ "x-ms-request-id": "r1" });
  });
});
