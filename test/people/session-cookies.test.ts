import { describe, expect, it } from "vitest";
import { createSessionCookies } from "../../shared/people/session-cookies.ts";

describe("createSessionCookies", () => {
  it("sends nothing before something was set", () => {
    const cookies = createSessionCookies();
    cookies.note(undefined);

    expect(cookies.headers()).toEqual({});
  });

  it("sends each cookie with its last value, and none of its attributes", () => {
    const cookies = createSessionCookies();
    cookies.note("JSESSIONID=a=b.pc1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Secure, zone=eu; HttpOnly");
    cookies.note("zone=us");

    expect(cookies.headers()).toEqual({ cookie: "JSESSIONID=a=b.pc1; zone=us" });
  });
});
