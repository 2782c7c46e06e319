// FranceConnect v2 (level eidas1) made of the engine it runs on, npm oidc-provider, with the filters it puts around it.
// The test gives the registration and the identities in a JSON file; this file adds no rule about people.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { port, client, scopes, identities } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const BASE = '/api/v2';
const issuer = `http://127.0.0.1:${port}${BASE}`;
const chosen = new Map(); // account id -> claims, as FranceConnect keeps a session per sign-in

const signingKey = (alg, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  kid: `pkcs11:${alg}:hsm`,
  alg,
  use: 'sig',
});

const provider = new Provider(issuer, {
  clients: [{ ...client, subject_type: 'pairwise', grant_types: ['authorization_code'], response_types: ['code'] }],
  jwks: {
    keys: [signingKey('ES256', 'ec', { namedCurve: 'P-256' }), signingKey('RS256', 'rsa', { modulusLength: 2048 })],
  },
  subjectTypes: ['pairwise'],
  pairwiseIdentifier: (_ctx, accountId) => chosen.get(accountId)?.sub ?? accountId,
  responseTypes: ['code'],
  scopes: ['openid'],
  claims: { amr: null, ...scopes },
  acrValues: ['eidas1'],
  clientAuthMethods: ['client_secret_post', 'private_key_jwt'],
  pkce: { required: () => false },
  acceptQueryParamAccessTokens: true,
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256', 'RS256', 'HS256'],
    userinfoSigningAlgValues: ['ES256', 'RS256', 'HS256'],
    clientAuthSigningAlgValues: ['ES256', 'RS256'],
  },
  features: {
    devInteractions: { enabled: false },
    jwtUserinfo: { enabled: true },
    revocation: { enabled: true },
    claimsParameter: { enabled: true },
    requestObjects: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource(ctx, form) {
        ctx.body = `<!doctype html><title>Logout</title>${form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>')}`;
      },
    },
  },
  routes: {
    authorization: `${BASE}/authorize`,
    token: `${BASE}/token`,
    userinfo: `${BASE}/userinfo`,
    jwks: `${BASE}/jwks`,
    end_session: `${BASE}/session/end`,
    revocation: `${BASE}/token/revocation`,
  },
  ttl: { AccessToken: 60, AuthorizationCode: 30, Grant: 30, IdToken: 60, Interaction: 1800, Session: 1800 },
  cookies: { keys: ['a key of the tests'], long: { signed: true, path: '/' }, short: { signed: true, path: '/' } },
  interactions: { url: (_ctx, interaction) => `${BASE}/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => chosen.has(id) && { accountId: id, claims: () => chosen.get(id) },
});
const engine = provider.callback();

const REQUIRED = ['client_id', 'response_type', 'redirect_uri', 'scope', 'state', 'nonce', 'acr_values'];
const AUTHORIZE = new Set([...REQUIRED, 'claims', 'prompt', 'idp_hint', 'ui_locales']);
const LOGOUT = new Set(['id_token_hint', 'post_logout_redirect_uri', 'state', 'client_id', 'logout_hint', 'ui_locales']);

const foreign = (query, allowed) => [...query.keys()].some((name) => !allowed.has(name) || query.getAll(name).length > 1);

const malformedAuthorization = (query) =>
  foreign(query, AUTHORIZE) ||
  REQUIRED.some((name) => !query.get(name)) ||
  query.get('nonce').length < 22 ||
  query.get('acr_values').length > 64 ||
  (query.has('prompt') && query.get('prompt').split(' ').some((value) => !['login', 'consent'].includes(value)));

const malformedLogout = (query) => foreign(query, LOGOUT) || !query.get('id_token_hint');

function refuse(res, code) {
  res.writeHead(400, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  res.end(`<!doctype html><title>Erreur</title><p id="error" data-code="${code}">${code}</p>`);
}

// Whatever is asked, the engine sees `login consent`, the lowest level known, and no session of its own.
function authorize(req, res, url) {
  if (malformedAuthorization(url.searchParams)) return refuse(res, 'Y030007');
  const known = ['eidas1', 'eidas2', 'eidas3'].filter((level) => url.searchParams.get('acr_values').split(' ').includes(level));
  url.searchParams.set('acr_values', known[0] ?? 'eidas1');
  url.searchParams.set('prompt', 'login consent');
  req.url = `${url.pathname}?${url.searchParams}`;
  const cookies = (req.headers.cookie ?? '').split('; ').filter((cookie) => !cookie.startsWith('_'));
  req.headers.cookie = cookies.join('; ');
  return engine(req, res);
}

async function body(req) {
  let text = '';
  for await (const chunk of req) text += chunk;
  return new URLSearchParams(text);
}

async function interaction(req, res, action) {
  const { params, grantId } = await provider.interactionDetails(req, res);
  if (action === 'abort') {
    const aborted = { error: 'access_denied', error_description: 'User auth aborted' };
    return provider.interactionFinished(req, res, aborted, { mergeWithLastSubmission: false });
  }
  if (req.method !== 'POST') {
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return res.end(`<!doctype html><title>FranceConnect</title>${Object.keys(identities).join(', ')}`);
  }
  const accountId = `session-${chosen.size}`;
  chosen.set(accountId, identities[(await body(req)).get('login')]);
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = {
    login: { accountId, acr: 'eidas1', amr: ['fc', 'pwd'], remember: false, ts: Math.floor(Date.now() / 1000) },
    consent: { grantId: await grant.save() },
  };
  return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
}

const server = createServer(async (req, res) => {
  const url = new URL(req.url, issuer);
  const path = url.pathname;
  const journey = path.match(/^\/api\/v2\/interaction\/[\w-]+(?:\/(login|abort))?$/);
  if (path === `${BASE}/authorize` && req.method === 'GET') return authorize(req, res, url);
  if (path === `${BASE}/session/end` && malformedLogout(url.searchParams)) return refuse(res, 'Y000400');
  if (path === `${BASE}/userinfo` && req.method !== 'GET') return refuse(res, 'Y000404');
  if (path === `${BASE}/.well-known/openid-configuration`) req.url = '/.well-known/openid-configuration';
  return journey ? interaction(req, res, journey[1]) : engine(req, res);
});
server.listen(port, '127.0.0.1', () => console.log('listening'));
