// As much of a browser as the demo needs: it keeps the cookie of the sign-in and sends forms as they stand on the page.

type Shown = { readonly status: number; readonly html: string };

export type Browser = {
  open(address: string): Promise<Shown>;
  /** Fills in the form of the page at that address, with its hidden token, and follows to the page behind it. */
  submit(address: string, fields: Readonly<Record<string, string>>): Promise<Shown>;
};

/** A browser that has nobody signed in. */
export function createBrowser(): Browser {
  let cookie = "";

  const open = async (address: string): Promise<Shown> => {
    const answer = await fetch(address, { headers: { cookie } });
    return { status: answer.status, html: await answer.text() };
  };

  return {
    open,
    async submit(address, fields) {
      const { html } = await open(address);
      const form = /name="form"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? "";
      const answer = await fetch(address, {
        method: "POST",
        redirect: "manual",
        headers: { cookie, origin: new URL(address).origin },
        body: new URLSearchParams({ ...fields, form }),
      });
      cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? cookie;
      const next = answer.headers.get("location");
      return next === null ? { status: answer.status, html: await answer.text() } : open(new URL(next, address).href);
    },
  };
}
