// Optional enhancement of console pages: draws with Chart.js what the server drew plainly or put in a table. Words and figures
// come from the page; the table stays for who cannot see a canvas, and paper gets the server's picture.
const all = (query, where = document) => [...where.querySelectorAll(query)];
const numbers = (text) => (text ? text.split(" ").map(Number) : []);
const said = (number, digits) => number.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const dark = matchMedia("(prefers-color-scheme: dark)");

const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { bar: of("--accent"), quiet: of("--quiet"), line: of("--line"), text: of("--text"), good: of("--success"), bad: of("--danger") };
};

const axes = (colour, y, x = {}) => ({
  x: { grid: { display: false }, border: { color: colour.line }, ticks: { color: colour.quiet, maxRotation: 0, ...x } },
  y: { beginAtZero: true, grid: { color: colour.line }, border: { display: false }, ticks: { color: colour.quiet, maxTicksLimit: 5, ...y } },
});

// Two years stand over one another by the share of papers, since they never have the same number of them.
const distribution = (figure, colour) => {
  const { now, then, unit, step } = figure.dataset;
  const sets = [numbers(figure.dataset.counts), numbers(figure.dataset.before)];
  const shares = sets.map((counts) => { const sum = counts.reduce((a, b) => a + b, 0); return counts.map((count) => (sum ? (count * 100) / sum : 0)); });
  const score = (at) => said((at * step) / 100, 2);
  const datasets = [{ label: now, data: shares[0], backgroundColor: colour.bar, categoryPercentage: 1, barPercentage: 0.9 }];
  if (shares[1].length) datasets.unshift({ type: "line", label: then, data: shares[1], borderColor: colour.text, borderWidth: 1.5, pointRadius: 0, stepped: "middle" });
  return {
    type: "bar",
    data: { labels: sets[0].map((_, at) => at), datasets },
    options: {
      scales: axes(colour, { callback: (share) => `${said(share, 0)} %` }, { autoSkip: false, callback: (_, at) => (at % (200 / step) ? null : said((at * step) / 100, 0)) }),
      plugins: {
        legend: { display: false }, // a sentence above all of them says what is the bars and what the line
        tooltip: { callbacks: {
          title: ([item]) => `${score(item.dataIndex)} – ${score(item.dataIndex + 1)}`,
          label: (item) => `${item.dataset.label}: ${said(item.raw, 2)} % (${said(sets[item.dataset.label === now ? 0 : 1][item.dataIndex], 0)} ${unit})`,
        } },
      },
    },
  };
};

// The words are the table's own: its rows are the subjects, its headings the kinds of change.
const moved = (figure, colour) => {
  const table = document.querySelector("tr[data-line]").closest("table"), heads = all("thead th", table).map((cell) => cell.textContent);
  const rows = all("tr[data-line]", table), part = (at) => rows.map((row) => numbers(row.dataset.line)[at]);
  const datasets = [[heads[1], colour.good], [heads[3], colour.bad], [heads[5], colour.quiet]].map(([label, backgroundColor], at) => ({ label, backgroundColor, data: part(at), maxBarThickness: 48 }));
  return {
    type: "bar",
    data: { labels: rows.map((row) => row.querySelector("th").textContent), datasets },
    options: { scales: axes(colour, { precision: 0, callback: (count) => said(count, 0) }), plugins: { legend: { labels: { color: colour.text, boxWidth: 14 } }, tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${said(item.raw, 0)}` } } } },
  };
};

// A table that says itself what of it is drawn: columns with data-set, cells with data-value. A bar says what its cell says.
const tabled = (figure, colour) => {
  const heads = all("thead th", figure), rows = all("tbody tr", figure).slice(0, figure.dataset.most), unit = figure.dataset.unit ? ` ${figure.dataset.unit}` : "";
  const drawn = heads.flatMap((head, at) => ("set" in head.dataset ? [at] : []));
  const words = (row) => row.children[0].textContent.trim(), cell = (at, row) => rows[row].children[at];
  const value = (row, at) => (row.children[at].dataset.value === undefined ? null : Number(row.children[at].dataset.value));
  const datasets = drawn.map((at, place) => ({ label: heads[at].textContent, data: rows.map((row) => value(row, at)), backgroundColor: [colour.bar, colour.quiet][place], maxBarThickness: 32 }));
  const lying = "lying" in figure.dataset, { x, y } = axes(colour, { precision: 0, callback: (count) => said(count, 0) + unit }), amount = { ...y, max: unit ? 100 : undefined };
  const short = (text) => (text.length > 28 ? `${text.slice(0, 27)}…` : text);
  return {
    type: "bar",
    data: { labels: rows.map((row) => short(words(row))), datasets },
    options: {
      indexAxis: lying ? "y" : "x",
      scales: lying ? { x: amount, y: { ...x, ticks: { ...x.ticks, autoSkip: false } } } : { x, y: amount },
      plugins: {
        legend: { display: datasets.length > 1, labels: { color: colour.text, boxWidth: 14 } },
        tooltip: { callbacks: { title: ([item]) => words(rows[item.dataIndex]), label: (item) => `${item.dataset.label}: ${cell(drawn[item.datasetIndex], item.dataIndex).textContent.trim()}` } },
      },
    },
  };
};

// The drawing as a picture on the page's own ground; only who has the drawing is offered it.
const offer = (figure) => {
  const place = figure.querySelector(".files"), button = document.createElement("button");
  if (!place || !figure.dataset.png) return;
  button.type = "button";
  button.className = "second";
  button.textContent = figure.dataset.png;
  button.addEventListener("click", () => {
    const { canvas } = made.get(figure), whole = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height }), pen = whole.getContext("2d");
    pen.fillStyle = getComputedStyle(document.body).backgroundColor;
    pen.fillRect(0, 0, whole.width, whole.height);
    pen.drawImage(canvas, 0, 0);
    whole.toBlob((picture) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(picture), download: `${figure.dataset.name}.png` });
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
  place.append(button);
};

const KINDS = { distribution, moved, tabled };
const made = new Map();

const draw = () => all("[data-chart]").forEach((figure) => {
  const box = made.get(figure)?.canvas.parentElement || document.createElement("div");
  if (!made.has(figure)) {
    box.className = "canvas";
    box.setAttribute("aria-hidden", "true");
    box.append(document.createElement("canvas"));
    figure.querySelector("figcaption") ? figure.querySelector("figcaption").after(box) : figure.append(box);
    figure.classList.add("drawn");
    offer(figure);
  } else made.get(figure).destroy();
  const config = KINDS[figure.dataset.chart](figure, colours());
  Object.assign(config.options, { animation: false, responsive: true, maintainAspectRatio: false });
  made.set(figure, new Chart(box.firstChild, config));
});

if (window.Chart) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  draw();
  dark.addEventListener("change", draw);
}
