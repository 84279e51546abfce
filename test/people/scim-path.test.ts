import { describe, expect, it } from "vitest";
import { compileScimPath, leadsIntoList, scimAttribute } from "../../shared/people/scim-path.ts";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const user = {
  userName: "ada",
  Name: { givenname: "Ada" },
  emails: [
    { value: "home@contoso.com", type: "home" },
    { value: "work@contoso.com", type: "Work" },
    { value: "dotted@contoso.com", type: "a.b]c" },
  ],
  phoneNumbers: [{ value: "1" }],
  ims: [{ value: "a" }, { value: "b", primary: true }, { value: "c", type: "work" }],
  photos: [{ value: "x" }, { value: "y" }],
  [enterprise.toUpperCase()]: { EmployeeNumber: "7", manager: { value: "m1" } },
};

describe("compileScimPath()", () => {
  it.each([
    ["userName", "ada"],
    ["USERNAME", "ada"],
    ["name.givenName", "Ada"],
    ["urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "Ada"],
    [`${enterprise}:employeeNumber`, "7"],
    [`${enterprise}:manager.value`, "m1"],
    ['emails[type eq "home"].value', "home@contoso.com"],
    ["ims[primary eq true].value", "b"],
    ["emails.value", "work@contoso.com"],
    ["phoneNumbers.value", "1"],
    ["ims.value", "b"],
    ["photos.value", undefined],
    ['emails[type eq "none"].value', undefined],
    ["name.middleName", undefined],
    ["nothing.at.all", undefined],
    [`${enterprise}:department`, undefined],
    ["constructor", undefined],
  ])("finds %s", (path, value) => {
    expect(compileScimPath(path)(user)).toEqual(value);
  });

  it.each([null, "text", 5, []])("finds nothing in %j", (resource) => {
    expect(compileScimPath("userName")(resource)).toBeUndefined();
  });
});

describe("scimAttribute()", () => {
  it.each([
    ["title", "title"],
    ["name.givenName", "name.givenName"],
    ["emails.value", "emails"],
    ['emails[type eq "work"].value', "emails"],
    ['ims[type eq "xmpp"].value', "ims"],
    [`${enterprise}:manager.value`, `${enterprise}:manager.value`],
    ["urn:ietf:params:scim:schemas:core:2.0:User:title", "title"],
  ])("asks for what %s needs: %s", (path, attribute) => {
    expect(scimAttribute(path)).toBe(attribute);
  });
});

describe("leadsIntoList()", () => {
  it.each([
    ["userName", false],
    ["name.givenName", false],
    [`${enterprise}:employeeNumber`, false],
    ["emails.value", true],
    ['ims[type eq "xmpp"].value', true],
    ["urn:ietf:params:scim:schemas:core:2.0:User:Emails.value", true],
  ])("says of %s: %s", (path, expected) => {
    expect(leadsIntoList(path)).toBe(expected);
  });
});
