// A table that becomes a list of cards on a narrow screen. Browsers forget that it is a table once its cells are drawn as
// blocks, so each element says what it is.
import { type Child, type Html, html } from "./html.ts";

export type Column = { readonly text: string; readonly number?: boolean };

export type TableOptions = {
  /** What the table holds. */
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Child[])[];
};

function cell(column: Column | undefined, child: Child, first: boolean): Html {
  if (first) return html`<th scope="row" role="rowheader">${child}</th>`;
  if (child === "") return html`<td role="cell" class="blank"></td>`;
  const style = column?.number === true && html` class="number"`;
  return html`<td role="cell" data-label="${column?.text ?? ""}"${style}><div>${child}</div></td>`;
}

export function table({ caption, columns, rows }: TableOptions): Html {
  const heads = columns.map(
    ({ text, number }) =>
      html`<th scope="col" role="columnheader"${number === true && html` class="number"`}>${text}</th>`,
  );
  const lines = rows.map(
    (row) => html`<tr role="row">${row.map((child, index) => cell(columns[index], child, index === 0))}</tr>`,
  );
  return html`<div class="wide"><table role="table"><caption>${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">${lines}</tbody></table></div>`;
}
