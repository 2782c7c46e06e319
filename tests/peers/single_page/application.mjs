// An online procedure made of pages alone, which signs people in with oauth4webapi from their browser.

import * as oauth from './oauth4webapi.js'; // node_modules/oauth4webapi/build/index.js, served beside this file

const { issuer, client: client_id } = document.documentElement.dataset;
const local = { [oauth.allowInsecureRequests]: issuer.startsWith('http://localhost:') }; // elsewhere https is required
const client = { client_id };
const proof = oauth.None(); // what a page holds is no secret: PKCE alone ties the code to the browser that asked
const home = `${location.origin}/`;
const find = (id) => document.getElementById(id);
let provider;
let tokens; // here and nowhere else: no storage of the browser keeps a token

async function ask(more = {}) {
  const asked = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
  };
  sessionStorage.setItem('asked', JSON.stringify(asked)); // for this tab, until the answer: worth nothing without it
  const address = new URL(provider.authorization_endpoint);
  address.search = new URLSearchParams({
    client_id,
    response_type: 'code',
    redirect_uri: home,
    scope: 'openid profile email',
    code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
    code_challenge_method: 'S256',
    state: asked.state,
    nonce: asked.nonce,
    ...more,
  });
  location.assign(address);
}

async function receive(address, { verifier, state, nonce }) {
  const answer = oauth.validateAuthResponse(provider, client, address, state);
  const response = await oauth.authorizationCodeGrantRequest(provider, client, proof, answer, home, verifier, local);
  const expected = { expectedNonce: nonce, requireIdToken: true };
  tokens = await oauth.processAuthorizationCodeResponse(provider, client, response, expected);
}

async function renew() {
  const response = await oauth.refreshTokenGrantRequest(provider, client, proof, tokens.refresh_token, local);
  tokens = await oauth.processRefreshTokenResponse(provider, client, response); // with the next refresh token
}

async function person() {
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const response = await oauth.userInfoRequest(provider, client, tokens.access_token, local);
  return oauth.processUserInfoResponse(provider, client, sub, response);
}

async function read() {
  const known = await person().catch(async (error) => {
    if (error.code !== oauth.WWW_AUTHENTICATE_CHALLENGE) throw error;
    await renew(); // the access token has ended
    return person();
  });
  show(known.name, true);
}

function show(text, signedIn) {
  find('person').textContent = text;
  find('sign-in').hidden = signedIn;
  find('read').hidden = find('sign-out').hidden = !signedIn;
}

function leave() {
  sessionStorage.clear();
  const address = new URL(provider.end_session_endpoint);
  address.search = new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: home });
  location.assign(address);
}

async function open() {
  const address = new URL(location.href);
  const asked = sessionStorage.getItem('asked');
  sessionStorage.removeItem('asked');
  history.replaceState(null, '', home); // the code is good once: keep it out of the history, and of a reload
  provider = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), local));
  if (asked && address.search) {
    await receive(address, JSON.parse(asked));
    sessionStorage.setItem('known', 'yes');
    return read();
  }
  if (sessionStorage.getItem('known')) return ask({ prompt: 'none' }); // reloaded: the tokens went with the page
  return show('', false);
}

// What the provider refused (`access_denied`, when the person does), or what the library did (a foreign state).
function fail(error) {
  sessionStorage.clear();
  show(error.error === 'login_required' ? '' : (error.error ?? error.code ?? error.message), false);
}

find('sign-in').addEventListener('click', () => ask().catch(fail));
find('read').addEventListener('click', () => read().catch(fail));
find('sign-out').addEventListener('click', leave);
await open().catch(fail);
