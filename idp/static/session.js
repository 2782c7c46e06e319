// OpenID Connect Session Management 1.0 section 3.2: an application's frame asks whether the session is still the one
// it knows, by « client_id session_state »; this frame answers « unchanged », « changed » or « error ».
// Written for every browser that an application may run in: no module, no promise, no call to the network.
// Nothing else runs in this page, so no function encloses the others: HtmlUnit, by which suites of tests browse, only
// delivers a message when the function that posts it stands at the top.
"use strict";

// FIPS 180-4 section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes
var K = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
];

function rotated(word, by) {
  return (word >>> by) | (word << (32 - by));
}

// FIPS 180-4 section 6.2.2, one block of sixteen words
function compressed(hash, block) {
  var w = block.slice();
  for (var t = 16; t < 64; t++) {
    var s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >>> 3);
    var s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  var h = hash.slice();
  for (t = 0; t < 64; t++) {
    var sum1 = rotated(h[4], 6) ^ rotated(h[4], 11) ^ rotated(h[4], 25);
    var first = (h[7] + sum1 + ((h[4] & h[5]) ^ (~h[4] & h[6])) + K[t] + w[t]) | 0;
    var sum0 = rotated(h[0], 2) ^ rotated(h[0], 13) ^ rotated(h[0], 22);
    var second = (sum0 + ((h[0] & h[1]) ^ (h[0] & h[2]) ^ (h[1] & h[2]))) | 0;
    h = [(first + second) | 0, h[0], h[1], h[2], (h[3] + first) | 0, h[4], h[5], h[6]];
  }
  return hash.map(function (word, i) {
    return (word + h[i]) | 0;
  });
}

function sha256(text) {
  var bytes = unescape(encodeURIComponent(text)); // one character for each byte of UTF-8
  var words = [];
  for (var i = 0; i < bytes.length; i++) {
    words[i >> 2] |= bytes.charCodeAt(i) << (24 - 8 * (i % 4));
  }
  words[bytes.length >> 2] |= 0x80 << (24 - 8 * (bytes.length % 4));
  var last = ((bytes.length + 8) >> 6) * 16 + 15;
  for (i = 0; i < last; i++) {
    words[i] |= 0;
  }
  words[last] = bytes.length * 8;
  var hash = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  for (i = 0; i <= last; i += 16) {
    hash = compressed(hash, words.slice(i, i + 16));
  }
  return hash
    .map(function (word) {
      return ("0000000" + (word >>> 0).toString(16)).slice(-8);
    })
    .join("");
}

function browserState() {
  var name = document.documentElement.getAttribute("data-cookie") + "=";
  var found = document.cookie.split("; ").filter(function (each) {
    return each.indexOf(name) === 0;
  });
  return found.length ? found[0].slice(name.length) : "";
}

function judged(said, origin) {
  var parts = typeof said === "string" ? said.split(" ") : [];
  var dot = parts.length === 2 ? parts[1].lastIndexOf(".") : -1;
  if (dot < 1 || !parts[0]) {
    return "error";
  }
  var salt = parts[1].slice(dot + 1);
  var expected = sha256([parts[0], origin, browserState(), salt].join(" ")) + "." + salt;
  return parts[1] === expected ? "unchanged" : "changed";
}

function answer(event) {
  if (event.source && event.source !== window && /^https?:/.test(event.origin)) {
    event.source.postMessage(judged(event.data, event.origin), event.origin);
  }
}

window.addEventListener("message", answer);
