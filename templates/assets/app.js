// Optional enhancement: every page works without it. Words come from the page (data-…), never from here.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// One tap, one POST. The server's form tokens are the real guard; this spares slow phones the second request.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  remember(form);
});
addEventListener("pageshow", () => all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")));

// The summary of what is wrong is heard first.
document.getElementById("problems")?.focus();

// <input type=checkbox data-remember="f-number">: kept on this phone only, only when ticked, forgotten when unticked.
function store(act) {
  try { return act(localStorage); } catch { return null; }
}
function remember(form) {
  all("[data-remember]", form).forEach((box) => {
    const key = "remember " + location.pathname;
    const field = document.getElementById(box.dataset.remember);
    store((kept) => box.checked ? kept.setItem(key, field.value) : kept.removeItem(key));
  });
}
all("[data-remember]").forEach((box) => {
  const field = document.getElementById(box.dataset.remember);
  const kept = store((s) => s.getItem("remember " + location.pathname));
  box.closest("[hidden]")?.removeAttribute("hidden");
  if (kept && field) {
    box.checked = true;
    field.value ||= kept;
  }
});

// <div data-ticks="1.001193">: what was ticked stays ticked on this phone, by what it says.
all("[data-ticks]").forEach((list) => {
  const key = "ticks " + list.dataset.ticks;
  const boxes = all("[type=checkbox]", list);
  const said = (box) => box.closest("label").innerText;
  const kept = store((s) => JSON.parse(s.getItem(key))) ?? [];
  boxes.forEach((box) => box.checked ||= kept.includes?.(said(box)));
  list.addEventListener("change", () => store((s) => s.setItem(key, JSON.stringify(boxes.filter((box) => box.checked).map(said)))));
});

// form[data-proof="17"]: after many wrong answers from one network, a form must show that a machine worked for it: a number n
// for which SHA-256 of "token:n" begins with so many zero bits. It is looked for while the person types; who has no script
// waits instead. Asking the browser for every digest costs far more than the digest, so this is one of our own.
function digester() {
  const keys = new Int32Array(64), start = [], words = new Int32Array(64), sum = new Int32Array(8);
  const bits = (root) => (root % 1) * 2 ** 32 | 0;
  for (let n = 2, found = 0; found < 64; n++) {
    let divisor = 2;
    while (n % divisor) divisor++;
    if (divisor < n) continue;
    if (found < 8) start.push(bits(n ** 0.5));
    keys[found++] = bits(Math.cbrt(n));
  }
  const mix = () => {
    for (let i = 16; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      words[i] = words[i - 16] + words[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3)
        + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
    }
    let [a, b, c, d, e, f, g, h] = sum;
    for (let i = 0; i < 64; i++) {
      const x = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + keys[i] + words[i] | 0;
      const y = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;
      h = g, g = f, f = e, e = d + x | 0, d = c, c = b, b = a, a = x + y | 0;
    }
    sum[0] += a, sum[1] += b, sum[2] += c, sum[3] += d, sum[4] += e, sum[5] += f, sum[6] += g, sum[7] += h;
  };
  // The first 32 bits of the digest of a text in ASCII.
  return (text) => {
    const length = text.length, last = length + 8 >> 6;
    sum.set(start);
    for (let block = 0; block <= last; block++) {
      words.fill(0, 0, 16);
      for (let i = 0; i < 64; i++) {
        const at = block * 64 + i;
        words[i >> 2] |= (at < length ? text.charCodeAt(at) : at === length ? 128 : 0) << 24 - 8 * (i & 3);
      }
      if (block === last) words[15] = length * 8;
      mix();
    }
    return sum[0];
  };
}
all("form[data-proof]").forEach(async (form) => {
  const token = form.elements.form_token.value, proof = form.elements.proof, note = form.querySelector("[data-working]");
  let wanted = false;
  proof.value = "";
  form.addEventListener("submit", (event) => {
    if (proof.value) return;
    event.preventDefault();
    wanted = true;
    note.textContent = note.dataset.waiting;
  });
  note.textContent = note.dataset.working;
  const digest = digester(), zero = 32 - form.dataset.proof;
  for (let n = 0; !proof.value; await pause(0)) {
    for (const rest = performance.now() + 40; !proof.value && performance.now() < rest;) {
      for (let end = n + 500; n < end && !proof.value; n++) if (!(digest(token + ":" + n) >>> zero)) proof.value = n;
    }
  }
  note.hidden = true;
  if (wanted) form.querySelector("button").click();
});

// Copy a number without the spaces made for the eye.
all("[data-copy]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.querySelector("span"), heard = button.nextElementSibling;
    const before = words.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = button.dataset.copy;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    words.textContent = heard.textContent = button.dataset.done;
    await pause(3);
    words.textContent = before;
    heard.textContent = "";
  });
});

// The count-down follows the server's clock (seconds left when the page was made). At zero phones ask again one by one over
// data-spread seconds, and each further time waits longer: no storm, whatever the clocks say.
all("[data-left]").forEach(async (box) => {
  const end = performance.now() + box.dataset.left * 1000;
  const words = box.dataset.words.split("|");
  for (;;) {
    const left = Math.ceil((end - performance.now()) / 1000);
    if (left <= 0) break;
    const parts = { d: Math.floor(left / 86400), h: Math.floor(left / 3600) % 24, m: Math.floor(left / 60) % 60, s: left % 60 };
    const shown = words[left >= 86400 ? 0 : left >= 3600 ? 1 : 2].replace(/\{(\w)\}/g, (_, key) => parts[key]);
    if (box.textContent !== shown) box.textContent = shown;
    await pause(1);
  }
  box.textContent = words[3];
  const tries = Number(sessionStorage.getItem("tries") ?? 0);
  sessionStorage.setItem("tries", tries + 1);
  await pause(1 + Math.random() * (box.dataset.spread ?? 10) * 2 ** Math.min(tries, 4));
  location.reload();
});
if (!document.querySelector("[data-left]")) store(() => sessionStorage.removeItem("tries"));

// <div id=… data-refresh="2">: the part is fetched again while it still asks for it; failures wait longer each time.
all("[data-refresh]").forEach(async (first) => {
  let part = first, wait = 1;
  while (part?.dataset.refresh) {
    await pause(part.dataset.refresh * wait);
    if (document.hidden) continue;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) throw answer.status;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(first.id);
      if (!next?.dataset.refresh) return location.reload();
      if (next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
      part.dataset.refresh = next.dataset.refresh;
      wait = 1;
    } catch {
      wait = Math.min(wait * 2, 16);
    }
  }
});

// form[data-live=address][data-part=id]: while a person types, the part is shown as the address answers to the field `accent`.
// An input with data-mirror=id, hidden without script, and that field follow one another (a colour and its picker).
all("form[data-live]").forEach((form) => {
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    await pause(0.25);
    if (mine !== turn) return;
    const address = new URL(form.dataset.live, location.href);
    address.searchParams.set("accent", form.elements.accent.value);
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = document.getElementById(form.dataset.part), next = page.getElementById(form.dataset.part);
      if (mine === turn && next) part.innerHTML = next.innerHTML;
    } catch { /* the measured ratio comes with the next letter, or when the form is sent */ }
  };
  form.addEventListener("input", ({ target }) => {
    const other = document.getElementById(target.dataset.mirror ?? "");
    if (other && /^#[0-9a-f]{6}$/i.test(target.value)) other.value = target.value.toLowerCase();
    if (target.dataset.mirror) show();
  });
});
all("input[data-mirror][hidden]").forEach((picker) => picker.hidden = picker.labels[0].hidden = false);

// A file goes to storage with a figure; what was chosen stays chosen when it fails.
all("form[data-upload]").forEach((form) => form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const bar = form.querySelector(".progress"), problem = form.querySelector("[role=alert]");
  const file = form.querySelector("[type=file]").files[0];
  const fail = (words) => {
    form.removeAttribute("aria-busy");
    bar.hidden = true;
    problem.hidden = false;
    problem.textContent = words;
  };
  if (form.dataset.most && file.size > form.dataset.most) return fail(form.dataset.large);
  const request = new XMLHttpRequest();
  const next = () => {
    const start = document.getElementById(form.dataset.start);
    if (!start) return location.assign(form.dataset.next);
    start.elements.name.value = file.name;
    start.requestSubmit();
  };
  let moved = false, sent = false;
  request.upload.onprogress = ({ loaded, total }) => {
    moved = true;
    const share = Math.floor(100 * loaded / total);
    bar.querySelector("progress").value = share;
    bar.querySelector(".n").textContent = share + "\u00a0%";
  };
  request.upload.onload = () => sent = true;
  request.onload = () => request.status < 400 ? next() : fail(form.dataset.failed);
  // Storage answers with a redirect home, which a script may not follow: whether the file arrived, the next page knows.
  // A bucket that takes no scripts at all is posted to without one.
  request.onerror = () => sent ? next() : moved || !navigator.onLine ? fail(form.dataset.failed) : form.submit();
  form.setAttribute("aria-busy", "true");
  bar.hidden = false;
  problem.hidden = true;
  request.open("POST", form.action);
  request.send(new FormData(form));
}));

// The slip as a picture: a webview can't download, but a picture can be shared or held down and kept.
all("[data-picture]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const canvas = drawn(document.getElementById(button.dataset.picture));
    canvas.toBlob(async (blob) => {
      const file = new File([blob], "ket-qua.png", { type: "image/png" });
      try {
        if (navigator.canShare?.({ files: [file] })) return await navigator.share({ files: [file] });
      } catch (error) {
        if (error.name === "AbortError") return;
      }
      const picture = new Image(canvas.width / 2);
      picture.src = canvas.toDataURL();
      picture.alt = button.dataset.alt;
      const hint = document.createElement("p");
      hint.setAttribute("role", "status");
      hint.textContent = button.dataset.hold;
      button.closest(".actions").after(hint, picture);
      button.hidden = true;
    });
  });
});

// Reads the slip's own lines: [data-line] texts, and rows of name and figure. White paper, whatever the phone's mode.
function drawn(slip) {
  const mark = (line) => ["", "☐ ", "☑ "][line.control ? 1 + line.control.checked : 0];
  const lines = all("[data-line],.rows>div", slip).map((line) => line.matches("[data-line]")
    ? [mark(line) + (line.dataset.line || line.innerText.trim()), "", line.matches("h1,.big")]
    : [line.children[0].innerText, line.children[1].innerText, false]).filter(([text]) => text);
  lines.unshift([document.querySelector(".agency")?.innerText ?? "", "", false]);
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const width = 400;
  const font = (bold) => pen.font = `${bold ? "600 20px" : "16px"} system-ui,sans-serif`;
  const wrapped = lines.flatMap(([text, figure, bold]) => {
    font(bold);
    const rows = [""];
    for (const word of text.split(/\s+/)) {
      const longer = (rows.at(-1) + " " + word).trim();
      if (pen.measureText(longer).width > width - 48 - (figure ? 120 : 0)) rows.push(word);
      else rows[rows.length - 1] = longer;
    }
    return rows.map((row, at) => [row, at ? "" : figure, bold]);
  });
  canvas.width = width * 2;
  canvas.height = (wrapped.length * 32 + 48) * 2;
  pen.scale(2, 2);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, canvas.height);
  pen.fillStyle = "#14181f";
  wrapped.forEach(([text, figure, bold], at) => {
    font(bold);
    pen.textAlign = "left";
    pen.fillText(text, 24, 48 + at * 32);
    font(true);
    pen.textAlign = "right";
    pen.fillText(figure, width - 24, 48 + at * 32);
  });
  return canvas;
}
