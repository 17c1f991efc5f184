// The SQL editor of Datasette's pages: colours and the button that lays a query out.
"use strict";
window.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button#sql-format");
  const shown = document.querySelector("pre#sql-query");
  const area = document.querySelector("textarea#sql-editor");
  let editor = null;
  if (area && window.CodeMirror) {
    editor = CodeMirror.fromTextArea(area, { lineNumbers: true, mode: "text/x-sql", lineWrapping: true });
    editor.getInputField().setAttribute("aria-label", "SQL query");
    editor.setOption("extraKeys", {
      "Shift-Enter": () => area.form.submit(),
      Tab: false,
    });
  }
  if (!button || !window.sqlFormatter) return;
  button.hidden = !(editor || shown);
  button.addEventListener("click", () => {
    if (editor) editor.setValue(sqlFormatter.format(editor.getValue()));
    else if (shown) shown.textContent = sqlFormatter.format(shown.textContent);
  });
});
