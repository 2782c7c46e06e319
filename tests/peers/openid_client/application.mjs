// An online procedure that signs people in with openid-client, and nothing else but Node.

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, ADDRESS } = process.env;
const onThisMachine = ISSUER.startsWith('http://localhost:'); // a provider to develop with; elsewhere https is required
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, oidc.ClientSecretBasic(CLIENT_SECRET), {
  execute: onThisMachine ? [oidc.allowInsecureRequests] : [],
});
const sessions = new Map(); // by the value of the cookie; in a database, in yours

const cookie = (id) => `rdv=${id}; Path=/; HttpOnly; SameSite=Lax${ADDRESS.startsWith('https:') ? '; Secure' : ''}`;
const redirect = (location, id) => ({ status: 303, headers: { location, ...(id && { 'set-cookie': cookie(id) }) } });

// Start a new session, so that whoever knew the former cookie has nothing.
function renew(id, content) {
  const fresh = randomUUID();
  sessions.delete(id);
  sessions.set(fresh, content);
  return fresh;
}

const pages = {
  async '/'(_url, id) {
    const { person } = sessions.get(id) ?? {};
    return { status: 200, body: { person: person ?? null } };
  },

  async '/connexion'(_url, id) {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expected = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() };
    const address = oidc.buildAuthorizationUrl(provider, {
      redirect_uri: `${ADDRESS}/retour`,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expected.expectedState,
      nonce: expected.expectedNonce,
    });
    return redirect(address.href, renew(id, { expected }));
  },

  async '/retour'(url, id) {
    const { expected } = sessions.get(id) ?? {};
    if (!expected) return redirect('/connexion');
    const tokens = await oidc.authorizationCodeGrant(provider, url, { ...expected, idTokenExpected: true });
    const person = await oidc.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
    return redirect('/', renew(id, { person, idToken: tokens.id_token }));
  },

  async '/deconnexion'(_url, id) {
    const { idToken } = sessions.get(id) ?? {};
    sessions.delete(id);
    const hint = idToken ? { id_token_hint: idToken } : {};
    return redirect(oidc.buildEndSessionUrl(provider, { ...hint, post_logout_redirect_uri: `${ADDRESS}/` }).href);
  },
};

async function answer(url, id) {
  try {
    return (await pages[url.pathname]?.(url, id)) ?? { status: 404 };
  } catch (error) {
    // What the provider refused (`access_denied`, when the person does) or what the library did (a foreign state).
    return { status: 403, body: { error: error.error ?? error.code } };
  }
}

createServer(async (request, response) => {
  const id = request.headers.cookie?.match(/(?:^|; )rdv=([\w-]+)/)?.[1];
  const { status, headers, body } = await answer(new URL(request.url, ADDRESS), id);
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers });
  response.end(body && JSON.stringify(body));
}).listen(new URL(ADDRESS).port, 'localhost');
