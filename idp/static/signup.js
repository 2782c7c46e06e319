/* The sign-up form: an identifier proposed from the names, its availability, questions that depend on others. */

const PAUSE = 600;
const NAMES = ["given_names", "birth_name", "preferred_name"];

function identifiers(place, form) {
  const input = place.querySelector("input");
  const line = place.querySelector("[role=status]");
  let proposed = input.value === "";
  let asked = 0;
  let pause = 0;

  const say = (state, message) => {
    line.dataset.state = state;
    line.textContent = state === "available" ? `✓ ${message}` : message;
  };
  const ask = async (values) => {
    const mine = ++asked;
    say("checking", place.dataset.checking);
    const sent = new URLSearchParams({ csrf: form.elements.csrf.value, i: form.elements.i?.value ?? "", ...values });
    try {
      const answer = await fetch(place.dataset.identifier, { method: "POST", body: sent });
      const { identifier, available, message } = await answer.json();
      if (mine !== asked) {
        return;
      }
      if (!answer.ok) {
        throw new Error("refused");
      }
      if (proposed) {
        input.value = identifier;
      }
      say(available ? "available" : "taken", message);
    } catch {
      if (mine === asked) {
        say("unknown", place.dataset.unknown);
      }
    }
  };
  const later = (values) => {
    clearTimeout(pause);
    pause = setTimeout(() => ask(values()), PAUSE);
  };
  const named = () => Object.fromEntries(NAMES.map((name) => [name, form.elements[name]?.value.trim() ?? ""]));
  const propose = () => {
    const { given_names: given, birth_name: birth } = named();
    if (proposed && given && birth) {
      later(named);
    }
  };

  for (const name of NAMES) {
    form.elements[name]?.addEventListener("input", propose);
  }
  input.addEventListener("input", () => {
    proposed = input.value === "";
    if (proposed) {
      clearTimeout(pause);
      asked += 1;
      say("", "");
    } else {
      later(() => ({ identifier: input.value }));
    }
  });
  if (input.value === "") {
    propose();
  } else if (!input.hasAttribute("aria-invalid")) {
    later(() => ({ identifier: input.value })); // what is wrong was said already
  }
}

function answerOf(form, name) {
  const control = form.elements[name];
  return control?.type === "checkbox" ? (control.checked ? control.value : "") : (control?.value ?? "");
}

function conditions(form) {
  const dependants = [...form.querySelectorAll("[data-when]")];
  const arrange = () => {
    for (const place of dependants) {
      place.hidden = !place.dataset.among.split(" ").includes(answerOf(form, place.dataset.when));
    }
  };
  form.addEventListener("change", arrange);
  arrange();
}

for (const form of document.querySelectorAll("[data-signup]")) {
  conditions(form);
  for (const place of form.querySelectorAll("[data-identifier]")) {
    identifiers(place, form);
  }
}
