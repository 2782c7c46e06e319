#!/bin/sh
# Prepares a provider for the OpenID Foundation's conformance suite: its database, the person whom the suite's browser
# signs in, and the clients of static runs (docs/operators/certification.md). It may be run again.
#
#   sh deploy/certification.sh https://suite.exemple.org/test/a/laissez-passer
#
# The argument is the suite's address, up to the alias of the configuration. The settings are in the environment.
set -eu

base=${1:?give the address of the suite up to its alias, such as https://suite.exemple.org/test/a/laissez-passer}
here=$(dirname "$0")
members=$(mktemp)
trap 'rm -f "$members"' EXIT

idp migrate

idp people add --replace --profile citoyen --identifier certification --password Passeport-Barque-42 \
  --email camille.martin@exemple.fr --given-names Camille --birth-name Martin --birthdate 1987-03-14 \
  --mobile "+33 6 39 98 12 34" --claims "$here/certification-person.json" --active --verified

known=$(idp clients list)

# client ID SECRET METHOD [MEMBERS]: the members, in JSON, that no option sets.
client() {
  case $known in *"$1"*) idp clients remove "$1" >/dev/null ;; esac
  echo "{\"require_pkce\": false${4:+, $4}}" >"$members"
  idp clients add --client-id "$1" --client-secret "$2" --auth-method "$3" --metadata "$members" --third-party \
    --name "Conformance suite" --redirect-uri "$base/callback" --redirect-uri "$base/callback?dummy1=lorem&dummy2=ipsum" \
    --post-logout-redirect-uri "$base/post_logout_redirect" \
    --grant-type authorization_code --grant-type implicit --grant-type refresh_token \
    --response-type code --response-type id_token --response-type "id_token token" --response-type "code id_token" \
    --response-type "code token" --response-type "code id_token token"
}

client certification-1 first-secret-of-the-conformance-suite client_secret_basic
client certification-2 second-secret-of-the-conformance-suite client_secret_basic
client certification-post posted-secret-of-the-conformance-suite client_secret_post
client certification-front framed-secret-of-the-conformance-suite client_secret_basic \
  "\"frontchannel_logout_uri\": \"$base/frontchannel_logout\", \"frontchannel_logout_session_required\": true"
client certification-back told-secret-of-the-conformance-suite client_secret_basic \
  "\"backchannel_logout_uri\": \"$base/backchannel_logout\", \"backchannel_logout_session_required\": true"
