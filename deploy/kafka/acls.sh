#!/usr/bin/env bash
# ACLs of an installation, a principal for each role. Made from the topology: npm run generate
#
#   BOOTSTRAP=broker:9092 PREFIX=shop. USER_PREFIX=waldstream- ./acls.sh --command-config admin.properties
#
# Every role reads all topics of the installation, since replays, retries and pages show what any of them holds, and creates
# what is missing. What it appends to is its own. PREFIX is TOPIC_PREFIX; on a cluster that is shared with others it must not
# be empty: it would be every topic and group.
set -euo pipefail
: "${BOOTSTRAP:?addresses of brokers}" "${PREFIX:?TOPIC_PREFIX of the installation}"
user=${USER_PREFIX:-waldstream-}
acls=(${KAFKA_ACLS:-kafka-acls.sh} --bootstrap-server "$BOOTSTRAP" "$@" --add)

# add_acls ROLE --operation …: adds ACLs for the role's principal.
add_acls() {
  "${acls[@]}" --allow-principal "User:${user}$1" "${@:2}"
}

# add_reads ROLE: what every role is allowed.
add_reads() {
  add_acls "$1" --operation Read --operation Describe --operation DescribeConfigs --operation Create \
    --resource-pattern-type prefixed --topic "$PREFIX"
  add_acls "$1" --operation Read --operation Describe --resource-pattern-type prefixed --group "$PREFIX"
  add_acls "$1" --operation Describe --cluster
}

add_reads producer
add_acls producer --operation Write \
  --topic "${PREFIX}orders" \
  --topic "${PREFIX}products" \
  --topic "${PREFIX}inventory" \
  --topic "${PREFIX}prices" \
  --topic "${PREFIX}images" \
  --topic "${PREFIX}fulfilments" \
  --topic "${PREFIX}sync-requests" \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"

add_reads processor
add_acls processor --operation Write \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-prices" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"
add_acls processor --operation Write --resource-pattern-type prefixed \
  --topic "${PREFIX}vendor-orders." \
  --topic "${PREFIX}shop-fulfilments." \
  --topic "${PREFIX}shop-products." \
  --topic "${PREFIX}shop-inventory." \
  --topic "${PREFIX}shop-images."

add_reads projector
add_acls projector --operation Write \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"

add_reads api
add_acls api --operation Write \
  --topic "${PREFIX}orders" \
  --topic "${PREFIX}products" \
  --topic "${PREFIX}inventory" \
  --topic "${PREFIX}prices" \
  --topic "${PREFIX}images" \
  --topic "${PREFIX}fulfilments" \
  --topic "${PREFIX}universal-products" \
  --topic "${PREFIX}universal-inventory" \
  --topic "${PREFIX}universal-prices" \
  --topic "${PREFIX}universal-images" \
  --topic "${PREFIX}sync-requests" \
  --topic "${PREFIX}sync-status" \
  --topic "${PREFIX}dead-letters"
add_acls api --operation Write --resource-pattern-type prefixed \
  --topic "${PREFIX}vendor-orders." \
  --topic "${PREFIX}shop-products." \
  --topic "${PREFIX}shop-inventory." \
  --topic "${PREFIX}shop-images." \
  --topic "${PREFIX}shop-fulfilments."
