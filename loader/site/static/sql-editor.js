// The SQL editor of Datasette's pages: colours and the button that lays a query out.
"use strict";
window.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("button#sql-format");
  const shown = document.querySelector("pre#sql-query");
  const area = document.querySelector("textarea#sql-editor");
  let editor = null; // reads and replaces the text
  if (area && window.CodeMirror) {
    const mirror = CodeMirror.fromTextArea(area, { lineNumbers: true, mode: "text/x-sql", lineWrapping: true });
    mirror.getInputField().setAttribute("aria-label", "SQL query");
    mirror.setOption("extraKeys", {
      "Shift-Enter": () => area.form.submit(),
      Tab: false,
    });
    editor = { read: () => mirror.getValue(), replace: (text) => mirror.setValue(text) };
  } else if (area && window.cm) {
    // Datasette 1.0
    const view = cm.editorFromTextArea(area, { schema: {} });
    view.contentDOM.setAttribute("aria-label", "SQL query");
    editor = {
      read: () => view.state.doc.toString(),
      replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    };
  }
  if (!button || !window.sqlFormatter) return;
  button.hidden = !(editor || shown);
  button.addEventListener("click", () => {
    if (editor) editor.replace(sqlFormatter.format(editor.read()));
    else if (shown) shown.textContent = sqlFormatter.format(shown.textContent);
  });
});
