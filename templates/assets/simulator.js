// The simulator's sheet without a new page. Every link here works without it: it names the same page to the server.
const sheet = document.getElementById("sheet");
const frame = sheet.querySelector("iframe");
let from = null;

function close() {
  sheet.hidden = true;
  frame.removeAttribute("src");
  history.replaceState(null, "", sheet.querySelector("[data-close]").href);
  from?.focus();
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const way = event.target.closest("[data-sheet]");
  if (way) {
    event.preventDefault();
    from = way;
    frame.src = way.dataset.sheet;
    sheet.classList.add("rising");
    sheet.hidden = false;
    sheet.querySelector("[data-close]").focus();
  } else if (event.target.closest("[data-close]")) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !sheet.hidden) close();
});
