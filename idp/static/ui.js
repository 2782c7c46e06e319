/* What scripts add to every page: the password's eye, the error summary's focus, counters, no double submit. */

function revealer(box) {
  const input = box.querySelector("input");
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "password__eye";
  button.append(box.querySelector("template").content.cloneNode(true));
  button.setAttribute("aria-controls", input.id);

  const set = (shown) => {
    input.type = shown ? "text" : "password";
    button.dataset.shown = shown;
    button.setAttribute("aria-label", shown ? box.dataset.hide : box.dataset.show);
    button.title = button.getAttribute("aria-label");
  };
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    set(shown);
    status.textContent = shown ? box.dataset.shown : box.dataset.hidden;
  });
  // A password left readable would be kept by the browser's form history.
  input.form?.addEventListener("submit", () => set(false));

  set(false);
  input.after(button);
  box.append(status);
}

function counter(input) {
  const line = document.getElementById(input.dataset.counter);
  const show = () => {
    line.textContent = input.dataset.counterText.replace("{n}", Math.max(0, input.maxLength - input.value.length));
  };
  input.addEventListener("input", show);
  show();
}

const PATIENCE = 10_000;

// The pressed button stays enabled, so that its name and value are sent; a second press is what is stopped.
function submitOnce(form) {
  let pressed = null;
  const release = () => {
    pressed?.removeAttribute("aria-disabled");
    pressed = null;
  };
  form.addEventListener("submit", (event) => {
    if (pressed) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) {
      return;
    }
    pressed = event.submitter ?? form.querySelector('button[type="submit"]');
    pressed?.setAttribute("aria-disabled", "true");
    setTimeout(release, PATIENCE); // no answer came: one may try again
  });
  window.addEventListener("pageshow", release); // coming back restores the page as it was left
}

document.querySelectorAll("[data-reveal]").forEach(revealer);
document.querySelectorAll("[data-counter]").forEach(counter);
document.querySelectorAll('form[method="post"]').forEach(submitOnce);
document.querySelector("#form-errors")?.focus();
