/* While a password is being chosen: its level, the rules it meets, whether it was repeated right. The server judges. */

const PAUSE = 400;
const KNOWN = ["identifier", "given_names", "birth_name", "preferred_name", "birthdate", "email", "legal_name"];

function weigher(place) {
  const password = place.querySelector('input[name="password"]');
  const rules = place.querySelector("[data-strength-of]");
  const gauge = rules.querySelector("[data-gauge]");
  const line = rules.querySelector("[data-level-text]");
  const names = rules.dataset.levels.split("|");
  let asked = 0;
  let pause = 0;

  const mark = (met) => {
    for (const rule of rules.querySelectorAll("[data-rule]")) {
      const ok = Boolean(met?.[rule.dataset.rule]);
      rule.dataset.ok = ok;
      rule.querySelector("[data-state]").textContent = met ? ` : ${ok ? rules.dataset.met : rules.dataset.unmet}` : "";
    }
  };
  const show = ({ level, rules: met, message }) => {
    rules.dataset.level = level;
    gauge.hidden = line.hidden = false;
    line.querySelector("strong").textContent = message ? `${names[level - 1]}. ${message}` : names[level - 1];
    mark(met);
  };
  const empty = () => {
    delete rules.dataset.level;
    gauge.hidden = line.hidden = true;
    mark(null);
  };
  const ask = async () => {
    const mine = ++asked;
    const sent = new URLSearchParams({ csrf: password.form.elements.csrf.value, password: password.value });
    for (const name of KNOWN) {
      sent.set(name, password.form.elements[name]?.value ?? "");
    }
    try {
      const answer = await fetch(place.dataset.password, { method: "POST", body: sent });
      if (answer.ok && mine === asked) {
        show(await answer.json());
      }
    } catch {
      // without an answer the rules stay as they are: they are checked when the form is sent
    }
  };

  line.setAttribute("role", "status");
  password.addEventListener("input", () => {
    clearTimeout(pause);
    if (password.value) {
      pause = setTimeout(ask, PAUSE);
    } else {
      asked += 1;
      empty();
    }
  });
}

function repeater(place) {
  const [password, again] = ["password", "password_again"].map((name) => place.querySelector(`input[name="${name}"]`));
  const line = place.querySelector("#password-same");
  const compare = () => {
    const same = again.value !== "" && again.value === password.value;
    line.textContent = same ? `✓ ${place.dataset.same}` : "";
    line.dataset.state = same ? "available" : "";
  };
  password.addEventListener("input", compare);
  again.addEventListener("input", compare);
}

for (const place of document.querySelectorAll("[data-password]")) {
  weigher(place);
  repeater(place);
}
