/* The waiting page of an activation: sees that the link was followed in another window, and moves on. */

const place = document.querySelector("[data-activation-status]");
const FIRST_WAIT = 3_000;
const LONGEST_WAIT = 30_000;
const GIVE_UP = 30 * 60_000;

async function activated() {
  const answer = await fetch(place.dataset.activationStatus, {
    headers: { Accept: "application/json" },
    cache: "no-store",
  });
  if (!answer.ok) {
    return false;
  }
  const { active, next } = await answer.json();
  return active ? next : false;
}

async function watch() {
  const started = Date.now();
  let wait = FIRST_WAIT;
  while (Date.now() - started < GIVE_UP) {
    await new Promise((resume) => setTimeout(resume, wait));
    wait = Math.min(wait * 1.3, LONGEST_WAIT);
    if (document.hidden || document.activeElement?.value) {
      continue; // nobody looks, or a code is being typed
    }
    try {
      const next = await activated();
      if (next) {
        place.textContent = place.dataset.done;
        window.location.assign(next);
        return;
      }
    } catch {
      wait = LONGEST_WAIT; // the network is away: asking again soon would not bring it back
    }
  }
}

if (place) {
  watch();
}
