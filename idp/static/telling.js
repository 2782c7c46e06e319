// Goes on once every service has been loaded in its frame, or after four seconds: one that is down holds nobody up.
(function () {
  var onward = document.getElementById("signout-continue");
  var gone = false;

  function go() {
    if (!gone) {
      gone = true;
      window.location.replace(onward.href);
    }
  }

  if (document.readyState === "complete") {
    go();
  } else {
    window.addEventListener("load", go);
    window.setTimeout(go, 4000);
  }
})();
